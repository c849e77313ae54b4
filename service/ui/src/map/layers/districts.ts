/** Administrative districts: the ground the city stands on, their borders and names. */
import type { Feature, FeatureCollection } from "geojson";
import type { District } from "../../api/types";
import { told } from "../../state/prefs";
import { boxOf } from "../footprint";
import { FONT, type MapLayer } from "./layer";

const source = "districts";

export function districtFeatures(districts: District[]): FeatureCollection {
  const areas = districts.map(({ id, geometry }): Feature => ({
    type: "Feature",
    properties: { id, part: "area" },
    geometry,
  }));
  const names = districts.flatMap(({ id, name, geometry }): Feature[] => {
    const box = boxOf([geometry]);
    if (!box) return [];
    const coordinates = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    return [
      { type: "Feature", properties: { id, part: "label", name: told(name) }, geometry: { type: "Point", coordinates } },
    ];
  });
  return { type: "FeatureCollection", features: [...areas, ...names] };
}

export const districts: MapLayer = {
  source,
  layers: (palette) => [
    {
      id: "district-fill",
      type: "fill",
      source,
      filter: ["==", ["get", "part"], "area"],
      paint: { "fill-color": palette.district },
    },
    {
      id: "district-line",
      type: "line",
      source,
      filter: ["==", ["get", "part"], "area"],
      layout: { "line-join": "round" },
      paint: {
        "line-color": palette.districtLine,
        "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.8, 14, 1.6],
        "line-dasharray": [5, 2, 1, 2],
      },
    },
    {
      id: "district-label",
      type: "symbol",
      source,
      maxzoom: 14,
      filter: ["==", ["get", "part"], "label"],
      layout: {
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": ["interpolate", ["linear"], ["zoom"], 8, 12, 12, 17],
        "text-letter-spacing": 0.12,
        "text-padding": 8,
      },
      paint: { "text-color": palette.labelStrong, "text-halo-color": palette.halo, "text-halo-width": 2 },
    },
  ],
};
