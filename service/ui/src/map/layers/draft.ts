/** The extent of what is being drawn: a corridor's band about its axis. */
import type { FeatureCollection } from "geojson";
import { areas } from "../footprint";
import type { Place } from "../../state/entries";
import type { MapLayer } from "./layer";

const source = "draft";

export function draftFeatures(places: Place[]): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: places.flatMap(({ geometry, width_m, radius_m }) =>
      areas(geometry, width_m, radius_m).map((area) => ({ type: "Feature" as const, properties: {}, geometry: area })),
    ),
  };
}

export const draft: MapLayer = {
  source,
  layers: (palette) => [
    { id: "draft-band", type: "fill", source, paint: { "fill-color": palette.draft, "fill-opacity": 0.16 } },
    {
      id: "draft-band-edge",
      type: "line",
      source,
      paint: { "line-color": palette.draft, "line-width": 1.6, "line-dasharray": [3, 2] },
    },
  ],
};
