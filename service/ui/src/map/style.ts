/** The whole style: every layer file's layers, in the one draw order, in the colours of a theme. */
import type { GeoJSONSource, Map, StyleSpecification } from "maplibre-gl";
import type { FeatureCollection } from "geojson";
import { NOTHING } from "./features";
import { applications } from "./layers/applications";
import { districts } from "./layers/districts";
import { draft } from "./layers/draft";
import { findings } from "./layers/findings";
import { graticule } from "./layers/graticule";
import type { StyleLayer } from "./layers/layer";
import { names } from "./layers/names";
import { permits } from "./layers/permits";
import { restrictions } from "./layers/restrictions";
import { roads } from "./layers/roads";
import { zones } from "./layers/zones";
import type { Palette } from "./palette";
import { Z_ORDER } from "./zorder";

const LAYERS = [
  graticule, districts, roads, zones, restrictions, applications, permits, draft, findings, names,
];

/** MapLibre cuts geometry at tile borders; a wide margin keeps wide lines whole. */
const TILE_MARGIN = 256;

function ordered(palette: Palette): StyleLayer[] {
  const layers = new globalThis.Map(
    LAYERS.flatMap((layer) => layer.layers(palette)).map((layer) => [layer.id, layer]),
  );
  return Z_ORDER.map((id) => {
    const layer = layers.get(id);
    if (!layer) throw new Error(`zorder names ${id}, which no layer draws`);
    return layer;
  });
}

/** A style without glyphs: names are drawn from local fonts, so no font server is needed. */
export function styleOf(palette: Palette): StyleSpecification {
  const sources = LAYERS.map(({ source }) => [
    source,
    { type: "geojson", data: NOTHING, promoteId: "id", buffer: TILE_MARGIN, tolerance: 0.2 } as const,
  ]);
  return { version: 8, sources: Object.fromEntries(sources), layers: ordered(palette) };
}

type PaintProperty = Parameters<Map["setPaintProperty"]>[1];

/** Change the colours of a living map; its data and the state of its features stay. */
export function repaint(map: Map, palette: Palette): void {
  for (const { id, paint } of ordered(palette)) {
    for (const property of Object.keys(paint ?? {}) as PaintProperty[])
      map.setPaintProperty(id, property, paint?.[property as keyof typeof paint]);
  }
}

export function setData(map: Map, source: string, data: FeatureCollection): void {
  map.getSource<GeoJSONSource>(source)?.setData(data);
}
