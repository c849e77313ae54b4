/** The drawing tool while an application is written: which mode, what can be undone. */
import { reactive, shallowRef } from "vue";
import { Drawing, type Mode } from "../map/draw";
import { paletteOf } from "../map/palette";
import { theMap } from "../map/view";
import { prefs } from "../state/prefs";
import { draft } from "./draft";

export const tool = reactive({ mode: null as Mode | null, canUndo: false, canRedo: false });

const drawing = shallowRef<Drawing | null>(null);

/** Lay the tool on the map with what the draft already holds. */
export function beginDrawing(): void {
  if (!theMap.value || drawing.value) return;
  drawing.value = new Drawing(theMap.value, paletteOf(prefs.theme), {
    onHistory: (canUndo, canRedo) => Object.assign(tool, { canUndo, canRedo }),
    onMode: (mode) => (tool.mode = mode),
  });
  drawing.value.load(draft.shapes);
}

export function endDrawing(): void {
  // a map that is gone has taken the tool's layers along
  if (theMap.value) drawing.value?.stop();
  drawing.value = null;
  Object.assign(tool, { mode: null, canUndo: false, canRedo: false });
}

export const use = (mode: Mode) => drawing.value?.use(mode);
export const undo = () => drawing.value?.undo();
export const redo = () => drawing.value?.redo();
export const editShape = (id: string) => drawing.value?.edit(id);
export const repaintDrawing = () => drawing.value?.repaint(paletteOf(prefs.theme));

/** Take a shape out of the draft, and off the map when it was drawn. */
export function removeShape(id: string): void {
  drawing.value?.remove(id);
  draft.shapes = draft.shapes.filter((shape) => shape.id !== id);
}
