/** Names of zones, restrictions, permits and applications, once there is room for them. */
import type { FeatureCollection } from "geojson";
import { FONT, type MapLayer } from "./layer";

const source = "names";

/** Only the label points of the items' own features. */
export function nameFeatures(collections: FeatureCollection[]): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: collections.flatMap(({ features }) =>
      features.filter(({ properties }) => properties?.part === "label"),
    ),
  };
}

export const names: MapLayer = {
  source,
  layers: (palette) => [
    {
      id: "item-label",
      type: "symbol",
      source,
      minzoom: 11.5,
      layout: {
        "text-field": ["get", "label"],
        "text-font": FONT,
        "text-size": 12,
        "text-max-width": 9,
        "text-offset": ["case", ["get", "beside"], ["literal", [0, 1.4]], ["literal", [0, 0]]],
        "text-padding": 6,
      },
      paint: { "text-color": palette.labelStrong, "text-halo-color": palette.halo, "text-halo-width": 1.8 },
    },
  ],
};
