/** The findings on screen now, of a pre-check or of an application; list and map read the same. */
import { reactive } from "vue";
import type { Finding, Uncovered } from "../api/types";

export const shownFindings = reactive({
  findings: [] as Finding[],
  uncovered: [] as Uncovered[],
  focused: null as string | null,
});

export function showFindings(findings: Finding[], uncovered: Uncovered[] = []): void {
  Object.assign(shownFindings, { findings, uncovered, focused: null });
}
