/** What the person looks at: tab, filters, visible layers, selection. The address bar remembers. */
import { computed, reactive, watch } from "vue";
import { letGo } from "../apply/leaving";
import { codes } from "./kinds";
import { COLLECTIONS, type Collection, type Entry, KIND_SETS, STATE_SETS } from "./entries";
import { entries } from "./registry";
import { may } from "./session";

export interface Reference {
  collection: Collection;
  id: string;
}

interface Filter {
  hiddenStates: string[];
  kind: string | null;
  onlyWaiting: boolean;
}

/** States in which a thing no longer asks for attention; hidden until someone wants to see them. */
const OVER: Record<Collection, string[]> = {
  applications: ["confirmed", "rejected", "withdrawn"],
  permits: ["superseded", "terminated", "revoked", "expired"],
  zones: ["withdrawn"],
  restrictions: ["withdrawn"],
  roads: [],
};

export const isOver = (collection: Collection, state: string) => OVER[collection].includes(state);

const everyCollection = <Value>(make: (collection: Collection) => Value) =>
  Object.fromEntries(COLLECTIONS.map((one) => [one, make(one)])) as Record<Collection, Value>;

export const workspace = reactive({
  tab: "applications" as Collection,
  text: "",
  filters: everyCollection<Filter>((collection) => ({ hiddenStates: [...OVER[collection]], kind: null, onlyWaiting: false })),
  visible: everyCollection(() => true),
  selected: null as Reference | null,
  hovered: null as Reference | null,
  applying: false,
  /** How many forms were opened so far; each is a new one. */
  forms: 0,
  /** What a narrow screen shows of the two that lie side by side on a wide one. */
  face: "panel" as "panel" | "map",
});

const wanted = computed(() => workspace.text.trim().toLowerCase());

function matches(entry: Entry, filter: Filter, text: string): boolean {
  if (entry.state && filter.hiddenStates.includes(entry.state)) return false;
  if (filter.onlyWaiting && !entry.waiting) return false;
  if (filter.kind && entry.kind !== filter.kind) return false;
  return !text || `${entry.title} ${entry.note} ${entry.id}`.toLowerCase().includes(text);
}

/** What list and map both show; the two are in step because they read this alone. */
export const shown: Record<Collection, Entry[]> = reactive(
  everyCollection((collection) =>
    computed(() =>
      entries[collection].filter((entry) => matches(entry, workspace.filters[collection], wanted.value)),
    ),
  ),
);

export const selectedEntry = computed(() => {
  const { selected } = workspace;
  if (!selected) return null;
  return entries[selected.collection].find((entry) => entry.id === selected.id) ?? null;
});

export const statesOf = (collection: Collection) => {
  const set = STATE_SETS[collection];
  return set ? codes(set) : [];
};

/** The kinds that occur, in the registry's order, so that no filter leads to nothing. */
export const kindsOf = (collection: Collection) => {
  const present = new Set(entries[collection].map((entry) => entry.kind));
  return codes(KIND_SETS[collection]).filter(({ code }) => present.has(code));
};

export function toggleState(collection: Collection, state: string): void {
  const { hiddenStates } = workspace.filters[collection];
  const at = hiddenStates.indexOf(state);
  if (at < 0) hiddenStates.push(state);
  else hiddenStates.splice(at, 1);
}

export function resetFilters(collection: Collection): void {
  workspace.filters[collection] = { hiddenStates: [], kind: null, onlyWaiting: false };
  workspace.text = "";
}

/** False when there is unsaved work in the form and the person stays with it. */
const mayLeave = async () => !workspace.applying || (await letGo());

/** Show a thing in full, or nothing; a form with unsaved work is asked about first. */
export async function select(reference: Reference | null): Promise<void> {
  if (!(await mayLeave())) return;
  Object.assign(workspace, { selected: reference, applying: false, face: "panel" });
  if (reference) workspace.tab = reference.collection;
}

/** Open the form on what `begin` puts into the draft. */
export async function openForm(begin: () => void): Promise<void> {
  if (!(await mayLeave())) return;
  begin();
  Object.assign(workspace, { selected: null, applying: true, face: "panel" });
  workspace.forms += 1;
}

/** Back to how one starts; nobody inherits the view of who was signed in before. */
export function resetWorkspace(): void {
  Object.assign(workspace, { tab: "applications", text: "", selected: null, hovered: null, applying: false, face: "panel" });
}

const FORM = "#/apply";

function address(): string {
  if (workspace.applying) return FORM;
  const { selected } = workspace;
  return selected ? `#/${selected.collection}/${encodeURIComponent(selected.id)}` : "#/";
}

/** Go where the address says; who stays with the form gets its address back. */
async function follow(): Promise<void> {
  if (location.hash === FORM) {
    if (!may("application.create")) return write();
    if (!workspace.applying) await openForm(() => undefined);
    return;
  }
  if (!(await mayLeave())) return write();
  const [, collection, id] = location.hash.split("/");
  const known = COLLECTIONS.find((one) => one === collection);
  await select(known && id ? { collection: known, id: decodeURIComponent(id) } : null);
}

/** A form that was left is no place to come back to, so its entry in the history is overwritten. */
function write(): void {
  const hash = address();
  if (location.hash === FORM) history.replaceState(null, "", hash);
  else if (location.hash !== hash) history.pushState(null, "", hash);
}

/** Keep the address and the selection in step, both ways. */
export function followAddress(): () => void {
  void follow();
  addEventListener("hashchange", follow);
  const stop = watch(address, write);
  return () => {
    stop();
    removeEventListener("hashchange", follow);
  };
}
