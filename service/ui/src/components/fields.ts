/** What the form calls the fields that the registry points at. */
import { type Key, t } from "../locales";

const NAMES: Record<string, Key> = {
  title: "apply.title",
  phase: "detail.phase",
  vehicle_ids: "apply.vehicles",
  person_ids: "apply.people",
  insurance_ids: "apply.insurance",
  supervision_mode: "apply.supervision",
  valid_from: "apply.firstDay",
  valid_to: "apply.lastDay",
  requested_conditions: "detail.conditions",
  remarks: "review.remarks",
  reason: "step.reason",
  version: "detail.version",
};

/** The field at a JSON Pointer by its name; the pointer itself where the form has no such field. */
export function fieldName(pointer: string): string {
  const [, field = "", index] = pointer.split("/");
  if (field === "volumes") return index ? t("apply.shape", { number: Number(index) + 1 }) : t("apply.where");
  const name = NAMES[field];
  return name ? t(name) : pointer;
}
