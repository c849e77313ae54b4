/** Restrictions: hatched by effect, because a tint alone reads as an offer. */
import { type MapLayer, byAttention, isPart, toneInk } from "./layer";

const source = "restrictions";

export const restrictions: MapLayer = {
  source,
  layers: (palette) => {
    const ink = toneInk(palette);
    return [
      {
        id: "restriction-fill",
        type: "fill",
        source,
        filter: isPart("area"),
        paint: { "fill-color": ink, "fill-opacity": byAttention(0.07, 0.12, 0.18) },
      },
      {
        id: "restriction-pattern",
        type: "fill",
        source,
        filter: isPart("area"),
        paint: { "fill-pattern": ["get", "pattern"], "fill-opacity": 0.32 },
      },
      {
        id: "restriction-edge",
        type: "line",
        source,
        layout: { "line-join": "round" },
        filter: ["in", ["get", "part"], ["literal", ["area", "line"]]],
        paint: { "line-color": ink, "line-width": byAttention(1.4, 2.4, 3.2) },
      },
    ];
  },
};
