/** Land and a net of meridians and parallels: it says where empty ground is, and that this is a sketch. */
import type { Feature, FeatureCollection } from "geojson";
import type { Box } from "../footprint";
import type { MapLayer } from "./layer";

const source = "graticule";
const STEPS_DEGREES = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005];
const FEWEST_LINES = 5;

/** The net for a view: the coarsest that still has a few lines in it. */
export function graticuleFeatures([west, south, east, north]: Box): FeatureCollection {
  const step = STEPS_DEGREES.find((size) => (east - west) / size >= FEWEST_LINES) ?? 0.005;
  const range = (from: number, to: number) =>
    Array.from({ length: Math.ceil((to - from) / step) + 1 }, (_, at) => (Math.floor(from / step) + at) * step);
  const line = (coordinates: number[][]): Feature => ({
    type: "Feature",
    properties: {},
    geometry: { type: "LineString", coordinates },
  });
  return {
    type: "FeatureCollection",
    features: [
      ...range(west, east).map((lon) => line([[lon, south - step], [lon, north + step]])),
      ...range(south, north).map((lat) => line([[west - step, lat], [east + step, lat]])),
    ],
  };
}

export const graticule: MapLayer = {
  source,
  layers: (palette) => [
    { id: "land", type: "background", paint: { "background-color": palette.land } },
    {
      id: "graticule",
      type: "line",
      source,
      paint: { "line-color": palette.graticule, "line-width": 1 },
    },
  ],
};
