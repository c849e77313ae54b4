/** The registry's codes and their titles, asked once: no code is named or translated here. */
import { reactive } from "vue";
import { readJurisdiction, readKinds } from "../api/registry";
import type { Code, Jurisdiction } from "../api/types";
import { told } from "./prefs";

const sets = reactive<Record<string, Code[]>>({});

export const place = reactive<{ jurisdiction: Jurisdiction | null }>({ jurisdiction: null });

export async function loadKinds(): Promise<void> {
  if (Object.keys(sets).length === 0) Object.assign(sets, (await readKinds()).sets);
}

export async function loadJurisdiction(): Promise<void> {
  place.jurisdiction ??= await readJurisdiction();
}

export function codes(set: string, domain?: string): Code[] {
  return (sets[set] ?? []).filter((code) => !domain || !code.domain || code.domain === domain);
}

/** The title of a code in the language shown now; the code itself while titles are unknown. */
export function title(set: string, code: string | null | undefined): string {
  if (!code) return "";
  return told(sets[set]?.find((row) => row.code === code)?.title) || code;
}

export function domainOf(set: string, code: string): string | null {
  return sets[set]?.find((row) => row.code === code)?.domain ?? null;
}
