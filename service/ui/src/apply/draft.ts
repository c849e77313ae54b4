/** The application being written: its shapes, its times, its vehicles; and what the form makes of it. */
import type { Geometry } from "geojson";
import { computed, reactive, ref } from "vue";
import type {
  Altitude,
  Application,
  ApplicationContent,
  Domain,
  Missing,
  PlannedVolume,
  Schedule,
  Volume,
  WeeklyWindow,
  Zone,
} from "../api/types";
import type { Place } from "../state/entries";
import { date, dayAfter, dayStart, today } from "../state/time";
import { told } from "../state/prefs";

type ZoneKind = PlannedVolume["zone_kind"];
export type Tool = "route" | "corridor" | "area";

/** One element of where. `id` is that of the drawn feature, or of the zone used as a whole. */
export interface Shape {
  id: string;
  tool: Tool | "zone";
  geometry: Geometry | null;
  zoneId: string | null;
  zoneName: string;
  zoneKind: ZoneKind;
  width_m: number | null;
  altitude: Altitude | null;
  use: Volume["use"];
  direction: Volume["direction"];
}

/** Positions drawn on this map are in the registry's own datum. */
const DRAWN_CRS = "EPSG:4490";
const WIDTHS_M: Record<Tool, number | null> = { route: 20, corridor: 60, area: null };
const USUAL_DAYS = 90;

const blank = () => ({
  id: null as string | null,
  version: 0,
  state: "draft",
  title: "",
  domain: "ground" as Domain,
  phase: "road_test" as ApplicationContent["phase"],
  follows: null as string | null,
  shapes: [] as Shape[],
  firstDay: dayAfter(today()),
  lastDay: dayAfter(today(), USUAL_DAYS),
  weekly: [] as WeeklyWindow[],
  exceptDates: [] as string[],
  holidays: "included" as Schedule["holidays"],
  vehicleIds: [] as string[],
  personIds: [] as string[],
  insuranceIds: [] as string[],
  documents: [] as ApplicationContent["documents"],
  conditions: [] as ApplicationContent["requested_conditions"],
  supervisionMode: "driver_seat" as ApplicationContent["supervision_mode"],
  passengers: false,
  cargo: false,
  overPeople: false,
  /** What the registry said is not there, when it last took the draft. */
  missing: [] as Missing[],
});

export const draft = reactive(blank());

const KINDS_BY_TOOL: Record<Tool, Record<Domain, ZoneKind>> = {
  route: { ground: "urban_road", air: "low_altitude_corridor" },
  corridor: { ground: "urban_road", air: "low_altitude_corridor" },
  area: { ground: "designated_area", air: "low_altitude_area" },
};

const AIR_BAND: Altitude = { lower: 60, upper: 120, unit: "m", reference: "AGL" };

/** The content as it was begun or last kept; what differs from it would be lost. */
const kept = ref("");
const text = () => JSON.stringify(content());
export const isDirty = computed(() => text() !== kept.value);

export function beginDraft(): void {
  Object.assign(draft, blank());
  kept.value = text();
}

let author: string | null = null;

/** Someone else begins with a blank draft; whoever was only signed out finds theirs again. */
export function draftOf(person: string): void {
  if (person !== author) beginDraft();
  author = person;
}

/** What the registry answers when it has taken a content; what was written since is not in it. */
export function keptAs({ id, version, state, missing }: Application, taken = content()): void {
  Object.assign(draft, { id, version, state, missing });
  kept.value = JSON.stringify(taken);
}

/** Take what the drawing tool holds now; what the form knows of known shapes stays. */
export function drawn(features: { id: string; tool: Tool; geometry: Geometry }[]): void {
  const known = new Set(draft.shapes.map(({ id }) => id));
  const under = new Map(features.map(({ id, geometry }) => [id, geometry]));
  const held = draft.shapes.flatMap((shape) => {
    if (shape.tool === "zone" || !isDrawable(shape.geometry)) return [shape];
    const geometry = under.get(shape.id);
    return geometry ? [{ ...shape, geometry }] : [];
  });
  const fresh = features.filter(({ id }) => !known.has(id));
  draft.shapes = [...held, ...fresh.map(({ id, tool, geometry }) => shapeOf(id, tool, geometry))];
}

function shapeOf(id: string, tool: Tool, geometry: Geometry): Shape {
  return {
    id,
    tool,
    geometry,
    zoneId: null,
    zoneName: "",
    zoneKind: KINDS_BY_TOOL[tool][draft.domain],
    width_m: WIDTHS_M[tool],
    altitude: draft.domain === "air" ? { ...AIR_BAND } : null,
    use: "shared",
    direction: "both",
  };
}

/** Ground and air know other kinds, phases, heights and ways to supervise. */
export function changeDomain(domain: Domain): void {
  draft.domain = domain;
  draft.phase = domain === "air" ? "flight_trial" : "road_test";
  draft.supervisionMode = domain === "air" ? "vlos" : "driver_seat";
  draft.vehicleIds = [];
  draft.shapes = draft.shapes.flatMap((shape) =>
    shape.tool === "zone" || !shape.geometry ? [] : [{ ...shape, ...shapeOf(shape.id, shape.tool, shape.geometry) }],
  );
}

/** Begin with the whole of a published zone. */
export function beginAt(zone: Zone, domain: Domain): void {
  beginDraft();
  changeDomain(domain);
  draft.shapes.push({
    ...shapeOf(`zone:${zone.id}`, "area", zone.geometry as Geometry),
    tool: "zone",
    zoneId: zone.id,
    zoneName: told(zone.name),
    zoneKind: zone.zone_kind,
    width_m: zone.width_m,
    altitude: zone.altitude ? { ...zone.altitude } : null,
  });
  kept.value = text();
}

export const isDrawable = (geometry: Geometry | null) =>
  geometry?.type === "LineString" || geometry?.type === "Polygon";

const toolOf = ({ zone_id, geometry }: Volume): Shape["tool"] =>
  zone_id ? "zone" : geometry?.type.endsWith("LineString") ? "corridor" : "area";

/** Continue an application that was saved before. */
export function continueDraft(application: Application): void {
  const schedule = application.volumes[0]?.schedule;
  Object.assign(draft, blank(), {
    title: application.title,
    domain: application.domain,
    phase: application.phase,
    follows: application.follows,
    shapes: application.volumes.map((volume, at): Shape => ({
      id: volume.zone_id ? `zone:${volume.zone_id}` : `saved-${at}`,
      tool: toolOf(volume),
      geometry: volume.geometry,
      zoneId: volume.zone_id,
      zoneName: "",
      zoneKind: volume.zone_kind,
      width_m: volume.width_m,
      altitude: volume.altitude,
      use: volume.use,
      direction: volume.direction,
    })),
    firstDay: date(application.valid_from),
    lastDay: date(new Date(new Date(application.valid_to).getTime() - 1).toISOString()),
    weekly: schedule?.weekly ?? [],
    exceptDates: schedule?.except_dates ?? [],
    holidays: schedule?.holidays ?? "included",
    vehicleIds: application.vehicle_ids,
    personIds: application.person_ids,
    insuranceIds: application.insurance_ids,
    documents: application.documents,
    conditions: application.requested_conditions,
    supervisionMode: application.supervision_mode,
    passengers: application.passengers,
    cargo: application.cargo,
    overPeople: application.over_people,
  });
  keptAs(application);
}

function schedule(): Schedule {
  return {
    start: dayStart(draft.firstDay),
    end: dayStart(dayAfter(draft.lastDay)),
    weekly: draft.weekly,
    except_dates: draft.exceptDates,
    holidays: draft.holidays,
  };
}

export function volumes(): PlannedVolume[] {
  return draft.shapes.map((shape) => ({
    zone_kind: shape.zoneKind,
    zone_id: shape.zoneId,
    geometry: shape.zoneId ? null : (shape.geometry as PlannedVolume["geometry"]),
    crs: shape.zoneId ? null : DRAWN_CRS,
    width_m: shape.zoneId ? null : shape.width_m,
    altitude: draft.domain === "air" && !shape.zoneId ? shape.altitude : null,
    use: shape.use,
    direction: shape.direction,
    schedule: schedule(),
  }));
}

/** The application as the registry takes it. */
export function content(): ApplicationContent {
  return {
    title: draft.title.trim(),
    domain: draft.domain,
    phase: draft.phase,
    follows: draft.follows,
    volumes: volumes(),
    vehicle_ids: draft.vehicleIds,
    person_ids: draft.personIds,
    supervision_mode: draft.supervisionMode,
    passengers: draft.passengers,
    cargo: draft.cargo,
    over_people: draft.overPeople,
    valid_from: dayStart(draft.firstDay),
    valid_to: dayStart(dayAfter(draft.lastDay)),
    requested_conditions: draft.conditions,
    documents: draft.documents,
    insurance_ids: draft.insuranceIds,
  };
}

/** What the map shows about the drawn cores: their extents. */
export const draftPlaces = (): Place[] =>
  draft.shapes.flatMap(({ geometry, zoneKind, width_m }) =>
    geometry ? [{ kind: zoneKind, geometry, width_m, radius_m: null }] : [],
  );
