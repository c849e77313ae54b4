/** Instants for people and back, always in the jurisdiction's time zone. */
import { place } from "./kinds";
import { prefs } from "./prefs";

const zone = () => place.jurisdiction?.time_zone ?? "Asia/Shanghai";
const locale = () => (prefs.language === "zh" ? "zh-CN" : "en-GB");

function format(instant: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale(), { timeZone: zone(), ...options }).format(new Date(instant));
}

const day = (): Intl.DateTimeFormatOptions => ({
  year: "numeric",
  month: prefs.language === "zh" ? "2-digit" : "short",
  day: "2-digit",
});

export const date = (instant: string) => format(instant, day());

export const moment = (instant: string) =>
  format(instant, { ...day(), hour: "2-digit", minute: "2-digit" });

const A_MINUTE_MS = 60_000;
const A_DAY_MS = 24 * 60 * A_MINUTE_MS;

/** A half-open period as its first and last day. */
export function period(from: string, to: string | null): string {
  if (!to) return `${date(from)} –`;
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

/** The calendar day of an instant there. */
export function dayOf(instant: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone() }).format(new Date(instant));
}

export const today = () => dayOf(new Date().toISOString());

/** Whole days from now to a due time; negative when it has passed. */
export const daysUntil = (instant: string) =>
  Math.floor((new Date(instant).getTime() - Date.now()) / A_DAY_MS);
