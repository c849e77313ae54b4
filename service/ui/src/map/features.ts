/** Entries as GeoJSON: areas to fill, lines to stroke, one point each to carry the name. */
import type { Feature, FeatureCollection, Point, Position } from "geojson";
import type { Entry, Place } from "../state/entries";
import { areas, boxOf, chained, lines } from "./footprint";
import { patternOf } from "./patterns";

export interface ItemProperties {
  id: string;
  collection: string;
  tone: string;
  pattern: string;
  air: boolean;
  part: "area" | "line" | "label";
}

const AIR_KINDS = new Set(["low_altitude_corridor", "low_altitude_area", "vertiport"]);

function drawn(entry: Entry, place: Place): Feature[] {
  const properties: ItemProperties = {
    id: entry.id,
    collection: entry.collection,
    tone: entry.tone,
    pattern: patternOf(place.kind, entry.tone),
    air: AIR_KINDS.has(place.kind),
    part: "area",
  };
  const filled = areas(place.geometry, place.width_m, place.radius_m);
  const stroked = chained(lines(place.geometry));
  return [
    ...filled.map((geometry): Feature => ({ type: "Feature", properties, geometry })),
    ...stroked.map((coordinates): Feature => ({
      type: "Feature",
      properties: { ...properties, part: "line" },
      geometry: { type: "LineString", coordinates },
    })),
  ];
}

/** Where a name sits: beside the middle of the first line, or in the middle of an area. */
function anchor({ places }: Entry): { at: Position; beside: boolean } | null {
  const path = places.flatMap(({ geometry }) => lines(geometry))[0];
  const middle = path?.[Math.floor(path.length / 2)];
  if (middle) return { at: middle, beside: true };
  const box = boxOf(places.map(({ geometry }) => geometry));
  return box && { at: [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2], beside: false };
}

function label(entry: Entry): Feature<Point>[] {
  const anchored = anchor(entry);
  if (!anchored) return [];
  const { id, collection, tone, title } = entry;
  const { at: coordinates, beside } = anchored;
  return [
    {
      type: "Feature",
      properties: { id, collection, tone, part: "label", label: title, beside },
      geometry: { type: "Point", coordinates },
    },
  ];
}

export function itemFeatures(entries: Entry[]): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: entries.flatMap((entry) => [
      ...entry.places.flatMap((place) => drawn(entry, place)),
      ...label(entry),
    ]),
  };
}

export const NOTHING: FeatureCollection = { type: "FeatureCollection", features: [] };
