/** Clicks and hovers on the map, as selections of registry items. */
import type { Map, MapGeoJSONFeature, MapMouseEvent } from "maplibre-gl";
import { COLLECTIONS, type Collection } from "../state/entries";
import { type Reference, select, workspace } from "../state/workspace";
import { Z_ORDER } from "./zorder";

const REACH_PX = 5;
const ITEM_LAYERS = Z_ORDER.filter((id) => /^(zone|restriction|application|permit|road)-/.test(id));

function reference({ properties }: MapGeoJSONFeature): Reference | null {
  const collection = COLLECTIONS.find((one) => one === properties.collection);
  return collection ? { collection, id: String(properties.id) } : null;
}

/** The distinct items at a point, topmost first; roads only where nothing else is. */
function itemsAt(map: Map, { point }: MapMouseEvent): Reference[] {
  const features = map.queryRenderedFeatures(
    [
      [point.x - REACH_PX, point.y - REACH_PX],
      [point.x + REACH_PX, point.y + REACH_PX],
    ],
    { layers: ITEM_LAYERS },
  );
  const items = new globalThis.Map<string, Reference>();
  for (const item of features.map(reference)) {
    if (item) items.set(`${item.collection}/${item.id}`, item);
  }
  const all = [...items.values()];
  const chosen = all.filter(({ collection }) => collection !== ("roads" satisfies Collection));
  return chosen.length > 0 ? chosen : all.slice(0, 1);
}

/** Where items lie on top of each other, each further click goes one deeper. */
function next(items: Reference[]): Reference | null {
  const at = items.findIndex(
    ({ collection, id }) => collection === workspace.selected?.collection && id === workspace.selected.id,
  );
  return items[(at + 1) % items.length] ?? null;
}

export function onPointer(map: Map): () => void {
  const click = (event: MapMouseEvent) => {
    if (!workspace.applying) select(next(itemsAt(map, event)));
  };
  const move = (event: MapMouseEvent) => {
    if (workspace.applying) return;
    const [item] = itemsAt(map, event);
    workspace.hovered = item ?? null;
    map.getCanvas().style.cursor = item ? "pointer" : "";
  };
  map.on("click", click);
  map.on("mousemove", move);
  return () => {
    map.off("click", click);
    map.off("mousemove", move);
  };
}
