/** Zones: what was opened for tests; open roads are tinted, so that permits read on top of them. */
import type { FilterSpecification } from "maplibre-gl";
import { type MapLayer, byAttention, growing, isPart, toneInk, toneTint } from "./layer";

const source = "zones";
const isRoad: FilterSpecification = ["all", isPart("line"), ["!", ["get", "air"]]];
const ROUND = { "line-cap": "round" as const, "line-join": "round" as const };

export const zones: MapLayer = {
  source,
  layers: (palette) => {
    const ink = toneInk(palette);
    const edge = { "line-color": ink, "line-width": byAttention(1.2, 2.2, 3) };
    return [
      {
        id: "zone-fill",
        type: "fill",
        source,
        filter: isPart("area"),
        paint: { "fill-color": ink, "fill-opacity": byAttention(0.1, 0.16, 0.22) },
      },
      {
        id: "zone-pattern",
        type: "fill",
        source,
        filter: isPart("area"),
        paint: { "fill-pattern": ["get", "pattern"], "fill-opacity": 0.4 },
      },
      {
        id: "zone-edge",
        type: "line",
        source,
        filter: ["all", isPart("area"), ["!", ["get", "air"]]],
        paint: edge,
      },
      {
        id: "zone-edge-air",
        type: "line",
        source,
        filter: ["all", isPart("area"), ["get", "air"]],
        paint: { ...edge, "line-dasharray": [4, 2.5] },
      },
      {
        id: "zone-route-edge",
        type: "line",
        source,
        filter: isRoad,
        layout: ROUND,
        paint: {
          "line-color": ink,
          "line-width": growing(byAttention(3.4, 4.6, 6), byAttention(19, 21, 25)),
        },
      },
      {
        id: "zone-route",
        type: "line",
        source,
        filter: isRoad,
        layout: ROUND,
        paint: { "line-color": toneTint(palette), "line-width": growing(1.6, 15.5) },
      },
    ];
  },
};
