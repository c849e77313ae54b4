/** What the person looks at: tab, filters, visible layers, selection. The address bar remembers. */
import { computed, reactive, watch } from "vue";
import { codes } from "./kinds";
import { COLLECTIONS, type Collection, type Entry, KIND_SETS, STATE_SETS } from "./entries";
import { entries } from "./registry";

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

export function select(reference: Reference | null): void {
  workspace.selected = reference;
  workspace.applying = false;
  if (reference) workspace.tab = reference.collection;
}

/** Back to how one starts; nobody inherits the view of who was signed in before. */
export function resetWorkspace(): void {
  Object.assign(workspace, { tab: "applications", text: "", selected: null, hovered: null, applying: false });
}

function address(): string {
  if (workspace.applying) return "#/apply";
  const { selected } = workspace;
  return selected ? `#/${selected.collection}/${encodeURIComponent(selected.id)}` : "#/";
}

function follow(): void {
  const [, collection, id] = location.hash.split("/");
  const known = COLLECTIONS.find((one) => one === collection);
  if (known && id) select({ collection: known, id: decodeURIComponent(id) });
  else {
    select(null);
    workspace.applying = collection === "apply";
  }
}

/** Keep the address and the selection in step, both ways. */
export function followAddress(): () => void {
  follow();
  addEventListener("hashchange", follow);
  const stop = watch(address, (hash) => {
    if (location.hash !== hash) location.hash = hash;
  });
  return () => {
    stop();
    removeEventListener("hashchange", follow);
  };
}
