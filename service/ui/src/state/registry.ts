/** What the registry holds, as last asked: one list per collection, with its loading and failure. */
import { computed, reactive } from "vue";
import * as api from "../api/registry";
import { Problem } from "../api/problem";
import type { ApplicationListed, District, Permit, Restriction, Road, RoadClass, Zone } from "../api/types";
import {
  type Collection,
  type Entry,
  applicationEntry,
  permitEntry,
  restrictionEntry,
  roadEntry,
  zoneEntry,
} from "./entries";

interface Held<Item> {
  items: Item[];
  loading: boolean;
  problem: Problem | null;
}

const nothing = <Item>(): Held<Item> => ({ items: [], loading: false, problem: null });

export const registry = reactive({
  applications: nothing<ApplicationListed>(),
  permits: nothing<Permit>(),
  zones: nothing<Zone>(),
  restrictions: nothing<Restriction>(),
  roads: nothing<Road>(),
  districts: nothing<District>(),
});

async function fill<Item>(held: Held<Item>, ask: () => Promise<Item[]>): Promise<void> {
  held.loading = true;
  try {
    held.items = await ask();
    held.problem = null;
  } catch (thrown) {
    held.problem = Problem.from(thrown);
  } finally {
    held.loading = false;
  }
}

export const refresh: Record<Exclude<Collection, "roads">, () => Promise<void>> = {
  applications: () => fill(registry.applications, api.listApplications),
  permits: () => fill(registry.permits, api.listPermits),
  zones: () => fill(registry.zones, api.listZones),
  restrictions: () => fill(registry.restrictions, api.listRestrictions),
};

export async function loadRegistry(): Promise<void> {
  await Promise.all([
    ...Object.values(refresh).map((ask) => ask()),
    fill(registry.districts, api.listDistricts),
  ]);
}

const REFRESH_MS = 60_000;

/** Ask again from time to time, and whenever the person comes back to the page. */
export function keepFresh(): () => void {
  const again = () => {
    if (document.visibilityState === "visible") for (const ask of Object.values(refresh)) void ask();
  };
  const timer = setInterval(again, REFRESH_MS);
  document.addEventListener("visibilitychange", again);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", again);
  };
}

let asking: AbortController | null = null;

/** Roads come by viewport; a newer question cancels the one under way. */
export async function loadRoads(bbox: string, roadClasses: RoadClass[]): Promise<void> {
  asking?.abort();
  const mine = new AbortController();
  asking = mine;
  registry.roads.loading = true;
  try {
    registry.roads.items = (await api.listRoads(bbox, roadClasses, mine.signal)).items;
    registry.roads.problem = null;
  } catch (thrown) {
    if (!mine.signal.aborted) registry.roads.problem = Problem.from(thrown);
  } finally {
    if (asking === mine) registry.roads.loading = false;
  }
}

/** Each collection on its own, so that new roads do not make new zones. */
export const entries: Record<Collection, Entry[]> = reactive({
  applications: computed(() => registry.applications.items.map(applicationEntry)),
  permits: computed(() => registry.permits.items.map(permitEntry)),
  zones: computed(() => registry.zones.items.map(zoneEntry)),
  restrictions: computed(() => registry.restrictions.items.map(restrictionEntry)),
  roads: computed(() => registry.roads.items.map(roadEntry)),
});
