/**
 * Outlines of cores with an extent, for the eye only: the registry decides on cores and distances,
 * never on these polygons.
 */
import type { Geometry, Polygon, Position } from "geojson";

const METRES_PER_DEGREE = 111_320;
const ARC_STEPS = 8;

type Xy = [number, number];

/** A flat frame in metres about one position; good for the few kilometres of a footprint. */
function frame([lon0 = 0, lat0 = 0]: Position) {
  const kx = METRES_PER_DEGREE * Math.cos((lat0 * Math.PI) / 180);
  return {
    flat: ([lon = 0, lat = 0]: Position): Xy => [(lon - lon0) * kx, (lat - lat0) * METRES_PER_DEGREE],
    back: ([x, y]: Xy): Position => [lon0 + x / kx, lat0 + y / METRES_PER_DEGREE],
  };
}

function arc([x, y]: Xy, radius: number, from: number, turn: number): Xy[] {
  return Array.from({ length: ARC_STEPS + 1 }, (_, step): Xy => {
    const angle = from + (turn * step) / ARC_STEPS;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
}

/** The right-hand side of a path at a distance: mitred inside its bends, round outside. */
function side(path: Xy[], radius: number): Xy[] {
  const headings = path.slice(1).map(([x, y], at) => {
    const [px, py] = path[at]!;
    return Math.atan2(y - py, x - px);
  });
  return path.flatMap((point, at): Xy[] => {
    const before = headings[at - 1] ?? headings[at]!;
    const after = headings[at] ?? before;
    const turn = Math.atan2(Math.sin(after - before), Math.cos(after - before));
    if (turn > 0) return arc(point, radius, before - Math.PI / 2, turn);
    const reach = radius / Math.max(Math.cos(turn / 2), 0.3);
    const middle = before + turn / 2 - Math.PI / 2;
    return [[point[0] + reach * Math.cos(middle), point[1] + reach * Math.sin(middle)]];
  });
}

function corridor(path: Position[], width_m: number): Polygon {
  const { flat, back } = frame(path[0]!);
  const points = path.map(flat).filter((point, at, all) => {
    const last = all[at - 1];
    return !last || Math.hypot(point[0] - last[0], point[1] - last[1]) > 0.05;
  });
  if (points.length < 2) return disc(path[0]!, width_m / 2);
  const radius = width_m / 2;
  const capAt = (end: Xy, next: Xy) =>
    arc(end, radius, Math.atan2(end[1] - next[1], end[0] - next[0]) - Math.PI / 2, Math.PI);
  const ring = [
    ...side(points, radius),
    ...capAt(points.at(-1)!, points.at(-2)!),
    ...side([...points].reverse(), radius),
    ...capAt(points[0]!, points[1]!),
  ];
  return { type: "Polygon", coordinates: [[...ring, ring[0]!].map(back)] };
}

function disc(centre: Position, radius_m: number): Polygon {
  const { back } = frame(centre);
  const ring = Array.from({ length: 73 }, (_, step): Xy => {
    const angle = (step * Math.PI) / 36;
    return [radius_m * Math.cos(angle), radius_m * Math.sin(angle)];
  });
  return { type: "Polygon", coordinates: [ring.map(back)] };
}

/** The areas to fill for a core and its extent; a line without width has none. */
export function areas(geometry: Geometry, width_m: number | null, radius_m: number | null): Polygon[] {
  switch (geometry.type) {
    case "Polygon":
      return [geometry];
    case "MultiPolygon":
      return geometry.coordinates.map((coordinates) => ({ type: "Polygon", coordinates }));
    case "LineString":
      return width_m ? [corridor(geometry.coordinates, width_m)] : [];
    case "MultiLineString":
      return width_m ? geometry.coordinates.map((path) => corridor(path, width_m)) : [];
    case "Point":
      return radius_m ? [disc(geometry.coordinates, radius_m)] : [];
    case "MultiPoint":
      return radius_m ? geometry.coordinates.map((point) => disc(point, radius_m)) : [];
    case "GeometryCollection":
      return geometry.geometries.flatMap((part) => areas(part, width_m, radius_m));
  }
}

/** The lines of a geometry: the axes of corridors, the stretches of routes. */
export function lines(geometry: Geometry): Position[][] {
  switch (geometry.type) {
    case "LineString":
      return [geometry.coordinates];
    case "MultiLineString":
      return geometry.coordinates;
    case "GeometryCollection":
      return geometry.geometries.flatMap(lines);
    default:
      return [];
  }
}

const same = (a: Position | undefined, b: Position | undefined) =>
  a !== undefined && b !== undefined && a[0] === b[0] && a[1] === b[1];

/** Paths that follow on each other, joined; their opposite directions, drawn once. */
export function chained(paths: Position[][]): Position[][] {
  const seen = new Set<string>();
  const joined: Position[][] = [];
  for (const path of paths) {
    if (seen.has(String([...path].reverse()))) continue;
    seen.add(String(path));
    const open = joined.find((before) => same(before.at(-1), path[0]));
    if (open) open.push(...path.slice(1));
    else joined.push([...path]);
  }
  return joined;
}

type Nested = Position | Nested[];

const isPosition = (nested: Nested): nested is Position => typeof nested[0] === "number";
const flatten = (nested: Nested): Position[] =>
  isPosition(nested) ? [nested] : nested.flatMap(flatten);

function positions(geometry: Geometry): Position[] {
  return geometry.type === "GeometryCollection"
    ? geometry.geometries.flatMap(positions)
    : flatten(geometry.coordinates);
}

export type Box = [number, number, number, number];

/** West, south, east, north of several geometries; null when there is nothing to frame. */
export function boxOf(geometries: Geometry[]): Box | null {
  const all = geometries.flatMap(positions);
  if (all.length === 0) return null;
  return all.reduce<Box>(
    ([w, s, e, n], [lon = 0, lat = 0]) => [
      Math.min(w, lon), Math.min(s, lat), Math.max(e, lon), Math.max(n, lat),
    ],
    [Infinity, Infinity, -Infinity, -Infinity],
  );
}
