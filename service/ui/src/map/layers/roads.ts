/** The road network: the registry's own, drawn as a base map with casing, fill, bridges and names. */
import type { ExpressionSpecification } from "maplibre-gl";
import type { Feature, FeatureCollection } from "geojson";
import type { Road, RoadClass } from "../../api/types";
import { told } from "../../state/prefs";
import type { Palette } from "../palette";
import type { LayerId } from "../zorder";
import { FONT, type MapLayer, type StyleLayer } from "./layer";

const source = "roads";

type Weight = "motor" | "express" | "main" | "local";

interface RoadStyle {
  weight: Weight;
  rank: number;
  width: number;
  fromZoom: number;
}

/** How heavily a class is drawn and from which zoom on it is asked for. */
const STYLES: Record<RoadClass, RoadStyle> = {
  expressway: { weight: "motor", rank: 9, width: 1, fromZoom: 0 },
  urban_expressway: { weight: "motor", rank: 8, width: 0.95, fromZoom: 0 },
  national_highway: { weight: "express", rank: 7, width: 0.85, fromZoom: 0 },
  provincial_highway: { weight: "express", rank: 6, width: 0.8, fromZoom: 0 },
  urban_arterial: { weight: "express", rank: 5, width: 0.8, fromZoom: 9 },
  urban_secondary: { weight: "main", rank: 4, width: 0.68, fromZoom: 10.5 },
  county_road: { weight: "main", rank: 4, width: 0.62, fromZoom: 10.5 },
  township_road: { weight: "local", rank: 3, width: 0.5, fromZoom: 12 },
  urban_branch: { weight: "local", rank: 2, width: 0.48, fromZoom: 12 },
  park_road: { weight: "local", rank: 1, width: 0.42, fromZoom: 12.5 },
  unclassified: { weight: "local", rank: 0, width: 0.36, fromZoom: 12.5 },
};

export const classesAt = (zoom: number) =>
  (Object.keys(STYLES) as RoadClass[]).filter((roadClass) => STYLES[roadClass].fromZoom <= zoom);

/** Most stretches exist once per direction; drawing one of the two keeps casings clean. */
function drawnOnce(roads: Road[]): Road[] {
  const seen = new Set<string>();
  return roads.filter(({ geometry, length_m }) => {
    if (geometry.type !== "LineString") return true;
    const ends = [geometry.coordinates[0], geometry.coordinates.at(-1)].map(String).sort();
    const key = `${ends.join("|")}|${length_m.toFixed(1)}`;
    return !seen.has(key) && seen.add(key);
  });
}

export function roadFeatures(roads: Road[]): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: drawnOnce(roads).map(({ id, geometry, road_class, bridge, tunnel, name }): Feature => {
      const { weight, rank, width } = STYLES[road_class];
      const form = tunnel ? "tunnel" : bridge ? "bridge" : "ground";
      const properties = { id, collection: source, weight, rank, width, form, name: told(name) };
      return { type: "Feature", properties, geometry };
    }),
  };
}

function ink(palette: Palette, part: "fill" | "casing"): ExpressionSpecification {
  const { motor, express, main, local } = palette.roads;
  return [
    "match", ["get", "weight"],
    "motor", motor[part], "express", express[part], "main", main[part], local[part],
  ];
}

/** Pixels by zoom, scaled by class; casings are wider by a constant. */
function width(extra: number): ExpressionSpecification {
  const at = (pixels: number): ExpressionSpecification => ["+", ["*", ["get", "width"], pixels], extra];
  return [
    "interpolate", ["exponential", 1.5], ["zoom"],
    8, at(1.4), 11, at(3), 13, at(5.5), 15, at(12), 17, at(26),
  ];
}

const isForm = (form: string): ExpressionSpecification => ["==", ["get", "form"], form];
const BY_RANK: ExpressionSpecification = ["get", "rank"];
const ROUND = { "line-cap": "round" as const, "line-join": "round" as const, "line-sort-key": BY_RANK };
const BUTT = { ...ROUND, "line-cap": "butt" as const };

function pair(form: "ground" | "bridge", casing: LayerId, fill: LayerId, palette: Palette): StyleLayer[] {
  const filter = isForm(form);
  const extra = form === "bridge" ? 3 : 1.6;
  const layout = form === "bridge" ? BUTT : ROUND;
  return [
    { id: casing, type: "line", source, filter, layout, paint: { "line-color": ink(palette, "casing"), "line-width": width(extra) } },
    { id: fill, type: "line", source, filter, layout: ROUND, paint: { "line-color": ink(palette, "fill"), "line-width": width(0) } },
  ];
}

export const roads: MapLayer = {
  source,
  layers: (palette) => [
    {
      id: "road-tunnel",
      type: "line",
      source,
      filter: isForm("tunnel"),
      layout: BUTT,
      paint: { "line-color": ink(palette, "casing"), "line-width": width(0), "line-dasharray": [1.2, 0.8], "line-opacity": 0.7 },
    },
    ...pair("ground", "road-casing", "road-fill", palette),
    ...pair("bridge", "road-bridge-casing", "road-bridge-fill", palette),
    {
      id: "selection-road",
      type: "line",
      source,
      layout: ROUND,
      paint: {
        "line-color": palette.draft,
        "line-width": width(2),
        "line-opacity": ["case", ["boolean", ["feature-state", "selected"], false], 0.9, ["boolean", ["feature-state", "hovered"], false], 0.45, 0],
      },
    },
    {
      id: "road-label",
      type: "symbol",
      source,
      minzoom: 11,
      filter: ["!=", ["get", "name"], ""],
      layout: {
        "symbol-placement": "line",
        "symbol-spacing": 320,
        "symbol-sort-key": ["-", 10, ["get", "rank"]],
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": ["interpolate", ["linear"], ["zoom"], 11, 11, 16, 13],
        "text-max-angle": 35,
        "text-padding": 12,
      },
      paint: { "text-color": palette.label, "text-halo-color": palette.halo, "text-halo-width": 1.6 },
    },
  ],
};
