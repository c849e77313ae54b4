/** The one map of the page, for whoever wants to point at something on it. */
import type { Geometry } from "geojson";
import type { Map } from "maplibre-gl";
import { reactive, shallowRef } from "vue";
import { place } from "../state/kinds";
import { entries } from "../state/registry";
import { workspace } from "../state/workspace";
import { type Box, boxOf } from "./footprint";

export const theMap = shallowRef<Map | null>(null);

/** What part of the world is in sight, and how large. */
export const sight = reactive({ box: null as Box | null, zoom: 10 });

const CLOSEST_ZOOM = 15;
const PADDING = 70;

/** How much of the map's right side a panel lies on. */
function coveredRight(map: Map): number {
  const panel = document.querySelector("[data-panel]")?.getBoundingClientRect();
  const { left, right } = map.getContainer().getBoundingClientRect();
  return panel && panel.left > left && panel.left < right ? right - panel.left : 0;
}

/** Where one starts: around what the registry holds, or the whole jurisdiction while it holds nothing. */
export function homeBox(): Box | null {
  const { applications, permits, zones } = entries;
  const held = [...applications, ...permits, ...zones].flatMap(({ places }) => places);
  const extent = place.jurisdiction?.extent as Box | undefined;
  return boxOf(held.map(({ geometry }) => geometry)) ?? extent ?? null;
}

export function goHome(): void {
  const box = homeBox();
  if (box) theMap.value?.fitBounds(box, { padding: PADDING });
}

/** Turn to the map, where a narrow screen shows something else, and frame geometries there. */
export function showOnMap(geometries: Geometry[]): void {
  workspace.face = "map";
  frame(geometries);
}

/** Bring geometries into the part of the map that nothing covers. */
export function frame(geometries: Geometry[]): void {
  const map = theMap.value;
  const box = boxOf(geometries);
  if (!map || !box) return;
  const padding = { top: PADDING, bottom: PADDING, left: PADDING, right: PADDING + coveredRight(map) };
  map.fitBounds(box, { padding, maxZoom: CLOSEST_ZOOM, duration: 600 });
}
