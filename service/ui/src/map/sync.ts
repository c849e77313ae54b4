/** Keeps the map in step with the list: data, visibility, colours, attention, and the roads in sight. */
import type { Map } from "maplibre-gl";
import { computed, effectScope, watch } from "vue";
import { draft, draftPlaces } from "../apply/draft";
import { COLLECTIONS, type Collection } from "../state/entries";
import { shownFindings } from "../state/findings";
import { prefs } from "../state/prefs";
import { loadRoads, registry } from "../state/registry";
import { type Reference, selectedEntry, shown, workspace } from "../state/workspace";
import { Attention, type Flag } from "./attention";
import { itemFeatures } from "./features";
import type { Box } from "./footprint";
import { districtFeatures } from "./layers/districts";
import { draftFeatures } from "./layers/draft";
import { findingFeatures } from "./layers/findings";
import { graticuleFeatures } from "./layers/graticule";
import { nameFeatures } from "./layers/names";
import { classesAt, roadFeatures } from "./layers/roads";
import { paletteOf } from "./palette";
import { PatternTiles } from "./patterns";
import { repaint, setData } from "./style";
import { frame, sight } from "./view";

/** Every collection is drawn when it changes, and all their names when any of them does. */
function drawItems(map: Map): void {
  const items = COLLECTIONS.filter((collection) => collection !== "roads");
  const drawn = items.map((collection) =>
    computed(() => itemFeatures(workspace.visible[collection] ? shown[collection] : [])),
  );
  items.forEach((collection, at) =>
    watch(drawn[at]!, (features) => setData(map, collection, features), { immediate: true }),
  );
  watch(drawn, (features) => setData(map, "names", nameFeatures(features)), { immediate: true });
}

function drawRoads(map: Map): void {
  setData(map, "roads", roadFeatures(workspace.visible.roads ? registry.roads.items : []));
}

/** Roads are asked for a little beyond the edge, so that a short pan needs no new answer. */
function askRoads(map: Map): () => void {
  const MARGIN = 0.3;
  let held: { box: Box; classes: string } | null = null;
  const look = () => {
    const [[west, south], [east, north]] = map.getBounds().toArray() as [[number, number], [number, number]];
    sight.box = [west, south, east, north];
    sight.zoom = map.getZoom();
    setData(map, "graticule", graticuleFeatures(sight.box));
    const classes = classesAt(sight.zoom);
    const inside =
      held && held.classes === classes.join() &&
      held.box[0] <= west && held.box[1] <= south && held.box[2] >= east && held.box[3] >= north;
    if (inside) return;
    const [dx, dy] = [(east - west) * MARGIN, (north - south) * MARGIN];
    const box: Box = [west - dx, south - dy, east + dx, north + dy];
    held = { box, classes: classes.join() };
    void loadRoads(box.map((degrees) => degrees.toFixed(5)).join(), classes);
  };
  map.on("moveend", look);
  look();
  return () => map.off("moveend", look);
}

function payAttention(map: Map): void {
  const attention = new Attention(map);
  const give = (flag: Flag, reference: Reference | null) =>
    attention.give(flag, reference && { source: reference.collection satisfies Collection, id: reference.id });
  watch(() => workspace.hovered, (hovered) => give("hovered", hovered));
  watch(() => workspace.selected, (selected) => give("selected", selected), { immediate: true });
  const toFinding = new Attention(map);
  watch(
    () => shownFindings.focused,
    (id) => toFinding.give("selected", id ? { source: "findings", id } : null),
  );
}

/** A new selection is brought into sight; a mere refresh of its content is not a new selection. */
function frameSelection(): void {
  watch(
    () => selectedEntry.value && `${selectedEntry.value.collection}/${selectedEntry.value.id}`,
    (key) => {
      if (key && selectedEntry.value) frame(selectedEntry.value.places.map(({ geometry }) => geometry));
    },
    { immediate: true, flush: "post" },
  );
}

export function keepInStep(map: Map): () => void {
  const scope = effectScope();
  const patterns = new PatternTiles(map, paletteOf(prefs.theme));
  const forgetRoads = askRoads(map);
  scope.run(() => {
    drawItems(map);
    watch([() => registry.roads.items, () => workspace.visible.roads, () => prefs.language], () => drawRoads(map), { immediate: true });
    watch([() => registry.districts.items, () => prefs.language], () => setData(map, "districts", districtFeatures(registry.districts.items)), { immediate: true });
    watch([() => draft.shapes, () => workspace.applying], () => setData(map, "draft", draftFeatures(workspace.applying ? draftPlaces() : [])), { deep: true });
    watch(shownFindings, ({ findings, uncovered }) => setData(map, "findings", findingFeatures(findings, uncovered)), { immediate: true });
    watch(() => prefs.theme, (theme) => {
      repaint(map, paletteOf(theme));
      patterns.repaint(paletteOf(theme));
    });
    payAttention(map);
    frameSelection();
  });
  return () => {
    scope.stop();
    forgetRoads();
  };
}
