/** The live pre-check: asks again a moment after the plan last changed, and drops stale answers. */
import { reactive, watch } from "vue";
import * as api from "../api/registry";
import { Problem } from "../api/problem";
import type { Check } from "../api/types";
import { prefs } from "../state/prefs";
import { showFindings } from "../state/findings";
import { draft, volumes } from "./draft";

const PAUSE_MS = 450;

export const precheck = reactive({
  asking: false,
  answer: null as Check | null,
  problem: null as Problem | null,
});

let asked: AbortController | null = null;
let timer = 0;

function settle(answer: Check | null, problem: Problem | null): void {
  Object.assign(precheck, { asking: false, answer, problem });
  showFindings(answer?.findings ?? [], answer?.coverage.uncovered);
}

async function ask(question: string): Promise<void> {
  asked?.abort();
  const mine = new AbortController();
  asked = mine;
  try {
    settle(await api.check(JSON.parse(question), mine.signal), null);
  } catch (thrown) {
    if (!mine.signal.aborted) settle(null, Problem.from(thrown));
  }
}

/** The question as text: equal text, equal plan, nothing to ask. */
function question(): string | null {
  if (draft.shapes.length === 0) return null;
  const { domain, phase, vehicleIds, follows } = draft;
  return JSON.stringify({ domain, phase, volumes: volumes(), vehicle_ids: vehicleIds, follows });
}

/** Watch the draft until the returned function is called. */
export function watchDraft(): () => void {
  const stop = watch(
    [question, () => prefs.language],
    ([asking]) => {
      clearTimeout(timer);
      asked?.abort();
      if (!asking) return settle(null, null);
      precheck.asking = true;
      timer = window.setTimeout(() => void ask(asking), PAUSE_MS);
    },
    { immediate: true },
  );
  return () => {
    stop();
    clearTimeout(timer);
    asked?.abort();
    settle(null, null);
  };
}
