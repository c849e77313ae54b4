/** The laws behind the rules by their titles: the number of an article says little without them. */
import { ref, shallowRef, watch } from "vue";
import { listRules } from "../api/registry";
import { Problem } from "../api/problem";
import type { Rule } from "../api/types";
import { t } from "../locales";
import { prefs } from "./prefs";

/** What the registry says of a rule that no law stands behind. */
const PROJECT = "PROJECT";

const rules = shallowRef<Rule[]>([]);
const wanted = ref(false);

async function load(): Promise<void> {
  try {
    rules.value = (await listRules()).items;
  } catch (thrown) {
    // without titles the codes of the sources are shown
    console.warn(Problem.from(thrown).message);
  }
}

watch([wanted, () => prefs.language], load);

/** Have the titles from now on, in whichever language is shown. */
export const loadSources = () => (wanted.value = true);

/** A source by its title. */
export function sourceTitle(id: string): string {
  if (id === PROJECT) return t("finding.project");
  return rules.value.find(({ source }) => source.id === id)?.source.title ?? id;
}

/** The source of a rule by its title; empty while the rules are not known. */
export function sourceOf(rule_id: string): string {
  const rule = rules.value.find(({ id }) => id === rule_id);
  return rule ? sourceTitle(rule.source.id) : "";
}
