/** What a person chose once and expects to find again: language and theme. */
import { reactive, watchEffect } from "vue";

export type Language = "zh" | "en";
export type Theme = "light" | "dark";

const KEY = "testzone.preferences";

function remembered(): Partial<{ language: Language; theme: Theme }> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
}

const systemTheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
const systemLanguage = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";

export const prefs = reactive({
  language: systemLanguage as Language,
  theme: systemTheme as Theme,
  ...remembered(),
});

watchEffect(() => {
  localStorage.setItem(KEY, JSON.stringify(prefs));
  document.documentElement.lang = prefs.language === "zh" ? "zh-CN" : "en";
  document.documentElement.classList.toggle("dark", prefs.theme === "dark");
});

/** The text in the language that is shown now. */
export function told(text: { zh: string; en: string } | null | undefined): string {
  return text?.[prefs.language] ?? "";
}
