/** The words of the screens in the language chosen; both languages hold the same keys by type. */
import { watchEffect } from "vue";
import { createI18n } from "vue-i18n";
import { prefs } from "../state/prefs";
import { en } from "./en";
import { zh } from "./zh";

type Words = typeof zh;
type Keys = { [Section in keyof Words]: `${Section & string}.${keyof Words[Section] & string}` };
export type Key = Keys[keyof Words];

export const i18n = createI18n({
  legacy: false,
  locale: prefs.language,
  messages: { zh, en: en satisfies Words },
});

watchEffect(() => {
  i18n.global.locale.value = prefs.language;
  document.title = t("app.name");
});

/** The words for a key; reactive to the language. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return i18n.global.t(key, values);
}

/** A length for people: metres to a kilometre, then kilometres. */
export function length(metres: number): string {
  return metres < 1000
    ? t("unit.m", { value: Number(metres.toFixed(1)) })
    : t("unit.km", { value: (metres / 1000).toFixed(2) });
}
