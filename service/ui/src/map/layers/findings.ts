/** What stands against a plan: witnesses of findings and the parts no open zone covers. */
import type { Feature, FeatureCollection } from "geojson";
import type { Finding, Uncovered } from "../../api/types";
import { SEVERITY_TONES } from "../../state/tones";
import { type MapLayer, byAttention, toneInk } from "./layer";

const source = "findings";

export function findingFeatures(findings: Finding[], uncovered: Uncovered[]): FeatureCollection {
  const witnesses = findings.flatMap(({ id, severity, witness }): Feature[] =>
    witness
      ? [{ type: "Feature", properties: { id, part: "witness", tone: SEVERITY_TONES[severity] }, geometry: witness }]
      : [],
  );
  const gaps = uncovered.map(({ geometry }, at): Feature => ({
    type: "Feature",
    properties: { id: `uncovered-${at}`, part: "uncovered", tone: "red" },
    geometry,
  }));
  return { type: "FeatureCollection", features: [...gaps, ...witnesses] };
}

export const findings: MapLayer = {
  source,
  layers: (palette) => {
    const ink = toneInk(palette);
    return [
      {
        id: "finding-uncovered",
        type: "line",
        source,
        filter: ["==", ["get", "part"], "uncovered"],
        layout: { "line-join": "round", "line-cap": "round" },
        paint: { "line-color": palette.tone("red"), "line-width": 13, "line-opacity": 0.5 },
      },
      {
        id: "finding-area",
        type: "fill",
        source,
        filter: ["all", ["==", ["get", "part"], "witness"], ["==", ["geometry-type"], "Polygon"]],
        paint: { "fill-color": ink, "fill-opacity": byAttention(0.35, 0.5, 0.6) },
      },
      {
        id: "finding-line",
        type: "line",
        source,
        filter: ["all", ["==", ["get", "part"], "witness"], ["!=", ["geometry-type"], "Point"]],
        layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": ink, "line-width": byAttention(4, 6, 8), "line-opacity": 0.9 },
      },
      {
        id: "finding-point",
        type: "circle",
        source,
        filter: ["all", ["==", ["get", "part"], "witness"], ["==", ["geometry-type"], "Point"]],
        paint: {
          "circle-color": ink,
          "circle-radius": byAttention(6, 8, 10),
          "circle-stroke-color": palette.handle,
          "circle-stroke-width": 2.5,
        },
      },
    ];
  },
};
