/** Applications: what someone asks for; dashed, because nothing is decided. */
import type { MapLayer } from "./layer";
import { planned } from "./planned";

const source = "applications";

export const applications: MapLayer = {
  source,
  layers: (palette) =>
    planned({ name: "application", source, opacity: 0.1, dashes: [2.6, 1.2] }, palette),
};
