/** Altitudes, hours and lengths in words. */
import type { Altitude, Schedule } from "../api/types";
import { type Key, t } from "../locales";
import { title } from "../state/kinds";
import { period } from "../state/time";

export function altitude(band: Altitude | null | undefined): string {
  if (!band) return "";
  const bound = (value: number | null) => (value === null ? t("detail.unstated") : String(value));
  const numbers =
    band.unit === "FL" ? `FL${bound(band.lower)}–FL${bound(band.upper)}` : `${bound(band.lower)}–${bound(band.upper)} ${band.unit}`;
  return `${numbers} ${band.reference}`;
}

/** When a schedule applies within its period: its weekly hours and what it says of holidays. */
export function hours(schedule: Schedule | null | undefined): string {
  if (!schedule) return "";
  const windows = (schedule.weekly ?? []).map(
    ({ days, from, to }) => `${days.map((day) => t(`apply.${day}` as Key)).join("·")} ${from}–${to}`,
  );
  const holidays = { excluded: t("apply.holidaysExcluded"), only: t("apply.holidaysOnly"), included: "" };
  return [windows.join(t("unit.semicolon")) || t("detail.always"), holidays[schedule.holidays ?? "included"]].filter(Boolean).join(t("unit.comma"));
}

/** From when to when; what has no schedule applies for good. */
export function span(schedule: Schedule | null | undefined): string {
  return schedule ? period(schedule.start, schedule.end) : t("detail.permanent");
}

export const titles = (set: string, codes: string[]) => codes.map((code) => title(set, code)).join(t("unit.comma"));
