/** Instants for people and back, always in the jurisdiction's time zone, written as 2026-12-01 08:30. */
import { t } from "../locales";
import { place } from "./kinds";

const zone = () => place.jurisdiction?.time_zone ?? "Asia/Shanghai";

/** Swedish is the locale that writes dates and times the way the registry's sentences do. */
function format(instant: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone(), ...options }).format(new Date(instant));
}

/** The calendar day of an instant there. */
export const date = (instant: string) => format(instant, { dateStyle: "short" });

export const moment = (instant: string) => format(instant, { dateStyle: "short", timeStyle: "short" });

const A_MINUTE_MS = 60_000;
const A_DAY_MS = 24 * 60 * A_MINUTE_MS;

/** A half-open period as its first and last day. */
export function period(from: string, to: string | null): string {
  if (!to) return t("detail.since", { date: date(from) });
  const last = new Date(new Date(to).getTime() - A_MINUTE_MS).toISOString();
  return `${date(from)} – ${date(last)}`;
}

/** The zone's offset at an instant, as `+08:00`. */
function offset(at: Date): string {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone(), timeZoneName: "longOffset" }).formatToParts(at);
  return parts.find(({ type }) => type === "timeZoneName")?.value.replace("GMT", "") || "+00:00";
}

/** The instant at which a calendar day begins there. */
export const dayStart = (day: string) => `${day}T00:00:00${offset(new Date(`${day}T00:00:00Z`))}`;

/** The calendar day some days later; the next day is the open end of a period that includes it. */
export function dayAfter(day: string, days = 1): string {
  return new Date(new Date(`${day}T00:00:00Z`).getTime() + days * A_DAY_MS).toISOString().slice(0, 10);
}

export const today = () => date(new Date().toISOString());

/** Whole days from now to a due time; negative when it has passed. */
export const daysUntil = (instant: string) =>
  Math.floor((new Date(instant).getTime() - Date.now()) / A_DAY_MS);
