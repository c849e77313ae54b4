/** The questions at the form's two doors: before unsaved work is given up, before gaps are handed in. */
import { ElMessageBox, type ElMessageBoxOptions } from "element-plus";
import { h } from "vue";
import type { Missing } from "../api/types";
import MissingList from "../components/MissingList.vue";
import { t } from "../locales";
import { beginDraft, isDirty } from "./draft";

let asking: Promise<boolean> | null = null;

async function agrees(message: ElMessageBoxOptions["message"], title: string, yes: string): Promise<boolean> {
  try {
    await ElMessageBox.confirm(message, title, {
      confirmButtonText: yes,
      cancelButtonText: t("apply.stay"),
      closeOnHashChange: false,
    });
    return true;
  } catch {
    // the message box rejects its promise when the person stays
    return false;
  }
}

/** True once the form may close: nothing was unsaved, or the person gave it up; the draft is blank then. */
export async function letGo(): Promise<boolean> {
  if (isDirty.value) {
    asking ??= agrees(t("apply.leave"), "", t("apply.discard")).finally(() => (asking = null));
    if (!(await asking)) return false;
  }
  beginDraft();
  return true;
}

/** True when the person hands in an application in which all this is missing. */
export function submitsAnyway(missing: Missing[]): Promise<boolean> {
  const words = h("div", [h(MissingList, { missing }), h("p", { class: "note" }, t("missing.ask"))]);
  return agrees(words, t("missing.count", { count: missing.length }), t("missing.submitAnyway"));
}

/** Ask, in the browser's own words, before the page itself goes; until the returned function is called. */
export function holdPage(): () => void {
  const hold = (event: BeforeUnloadEvent) => {
    if (isDirty.value) event.preventDefault();
  };
  addEventListener("beforeunload", hold);
  return () => removeEventListener("beforeunload", hold);
}
