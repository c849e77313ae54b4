/** One shape for everything that is both a row of the list and a thing on the map. */
import type { Geometry } from "geojson";
import type { ApplicationListed, Permit, Restriction, Road, Volume, Zone } from "../api/types";
import { length } from "../locales";
import { told } from "./prefs";
import { title } from "./kinds";
import { type Tone, effectTone, toneOf } from "./tones";

export const COLLECTIONS = ["applications", "permits", "zones", "restrictions", "roads"] as const;
export type Collection = (typeof COLLECTIONS)[number];

export const STATE_SETS: Record<Collection, string | null> = {
  applications: "application_state",
  permits: "permit_state",
  zones: "zone_state",
  restrictions: "restriction_state",
  roads: null,
};

export const KIND_SETS: Record<Collection, string> = {
  applications: "phase",
  permits: "phase",
  zones: "zone_kind",
  restrictions: "restriction_kind",
  roads: "road_class",
};

/** A place to draw: a core and, for lines and points, its extent about it. */
export interface Place {
  kind: string;
  geometry: Geometry;
  width_m: number | null;
  radius_m: number | null;
}

export interface Entry {
  collection: Collection;
  id: string;
  title: string;
  note: string;
  state: string | null;
  kind: string;
  tone: Tone;
  places: Place[];
  /** True when the next step is the reader's. */
  waiting: boolean;
}

function placesOf(volumes: Volume[]): Place[] {
  return volumes.flatMap(({ zone_kind, geometry, width_m, radius_m }) =>
    geometry ? [{ kind: zone_kind, geometry, width_m, radius_m: radius_m ?? null }] : [],
  );
}

const joined = (...parts: (string | null | undefined)[]) => parts.filter(Boolean).join(" · ");

const NEXT_STEPS = ["review", "confirm", "resubmit"];

export function applicationEntry(item: ApplicationListed): Entry {
  return {
    collection: "applications",
    id: item.id,
    title: item.title || item.id,
    note: joined(told(item.operator.name), title("phase", item.phase)),
    state: item.state,
    kind: item.phase,
    tone: toneOf("application_state", item.state),
    places: placesOf(item.volumes),
    waiting: NEXT_STEPS.some((step) => item.allowed_actions.includes(step)),
  };
}

export function permitEntry(item: Permit): Entry {
  return {
    collection: "permits",
    id: item.id,
    title: item.title || item.number,
    note: joined(item.number, told(item.operator.name), title("phase", item.phase)),
    state: item.state,
    kind: item.phase,
    tone: toneOf("permit_state", item.state),
    places: placesOf(item.volumes),
    waiting: false,
  };
}

export function zoneEntry(item: Zone): Entry {
  // stretches of the network are drawn as roads, not as the band their width makes
  const width_m = item.road_ids.length > 0 ? null : item.width_m;
  const place = { kind: item.zone_kind, width_m, radius_m: item.radius_m };
  return {
    collection: "zones",
    id: item.id,
    title: told(item.name),
    note: joined(title("zone_kind", item.zone_kind), item.notice.number),
    state: item.state,
    kind: item.zone_kind,
    tone: toneOf("zone_state", item.state),
    places: [{ ...place, geometry: item.geometry }],
    waiting: false,
  };
}

export function restrictionEntry(item: Restriction): Entry {
  const { geometry, radius_m } = item;
  return {
    collection: "restrictions",
    id: item.id,
    title: told(item.name),
    note: joined(
      title("restriction_kind", item.restriction_kind),
      title("restriction_effect", item.effect),
    ),
    state: item.state,
    kind: item.restriction_kind,
    tone: effectTone(item.effect, item.state),
    // a restriction's radius widens lines as well as points
    places: [{ kind: item.effect, geometry, width_m: radius_m && 2 * radius_m, radius_m }],
    waiting: false,
  };
}

export function roadEntry(item: Road): Entry {
  const { geometry } = item;
  return {
    collection: "roads",
    id: item.id,
    title: told(item.name) || title("road_class", item.road_class),
    note: joined(
      item.name ? title("road_class", item.road_class) : null,
      length(item.length_m),
    ),
    state: null,
    kind: item.road_class,
    tone: "grey",
    places: [{ kind: item.road_class, geometry, width_m: null, radius_m: null }],
    waiting: false,
  };
}
