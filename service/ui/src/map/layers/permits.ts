/** Permits: what was decided; solid. */
import type { MapLayer } from "./layer";
import { planned } from "./planned";

const source = "permits";

export const permits: MapLayer = {
  source,
  layers: (palette) => planned({ name: "permit", source, opacity: 0.16, dashes: null }, palette),
};
