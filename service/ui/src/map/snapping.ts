/** Snapping of drawn vertices to the road network in view. */
import type { Position } from "geojson";
import type { Map } from "maplibre-gl";
import type { SnapToCustom } from "terra-draw";
import { lines } from "./footprint";

const REACH_PX = 12;
const ROAD_LAYERS = ["road-fill", "road-bridge-fill", "road-tunnel"];

/** The vertex of a drawn road nearest to the pointer, if one is within reach. */
export function nearestVertex(map: Map): SnapToCustom {
  return ({ containerX: x, containerY: y }) => {
    const reach: [[number, number], [number, number]] = [
      [x - REACH_PX, y - REACH_PX],
      [x + REACH_PX, y + REACH_PX],
    ];
    const vertices = map
      .queryRenderedFeatures(reach, { layers: ROAD_LAYERS })
      .flatMap(({ geometry }) => lines(geometry).flat());
    let nearest: Position | undefined;
    let least = REACH_PX;
    for (const vertex of vertices) {
      const at = map.project([vertex[0]!, vertex[1]!]);
      const distance = Math.hypot(at.x - x, at.y - y);
      if (distance < least) [nearest, least] = [vertex, distance];
    }
    return nearest && [Number(nearest[0]!.toFixed(7)), Number(nearest[1]!.toFixed(7))];
  };
}
