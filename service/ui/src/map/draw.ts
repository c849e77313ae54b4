/** The drawing tool: routes, corridors and areas with editable vertices, on top of Terra Draw. */
import type { Map } from "maplibre-gl";
import {
  type GeoJSONStoreFeatures,
  type HexColor,
  TerraDraw,
  TerraDrawLineStringMode,
  TerraDrawModeUndoRedo,
  TerraDrawPolygonMode,
  TerraDrawSelectMode,
  TerraDrawSessionUndoRedo,
} from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";
import { type Tool, type Shape, drawn, isDrawable } from "../apply/draft";
import { nearestVertex } from "./snapping";
import type { Palette } from "./palette";
import { DRAWING_BELOW } from "./zorder";

export type Mode = Tool | "edit";

const TOOLS: Tool[] = ["route", "corridor", "area"];
const HANDLE_PX = 6;
const REACH_PX = 14;

/** Everything the two line tools and the area tool are styled with. */
function strokes(palette: Palette) {
  const ink = palette.draft as HexColor;
  const paper = palette.handle as HexColor;
  const points = {
    closingPointColor: paper,
    closingPointOutlineColor: ink,
    closingPointOutlineWidth: 2,
    closingPointWidth: HANDLE_PX,
    snappingPointColor: ink,
    snappingPointOutlineColor: paper,
    snappingPointWidth: HANDLE_PX,
  };
  return {
    line: { ...points, lineStringColor: ink, lineStringWidth: 4 },
    area: { ...points, fillColor: ink, fillOpacity: 0.16, outlineColor: ink, outlineWidth: 3 },
    select: {
      selectedLineStringColor: ink,
      selectedLineStringWidth: 4,
      selectedPolygonColor: ink,
      selectedPolygonFillOpacity: 0.22,
      selectedPolygonOutlineColor: ink,
      selectedPolygonOutlineWidth: 3,
      selectionPointColor: paper,
      selectionPointOutlineColor: ink,
      selectionPointOutlineWidth: 2.5,
      selectionPointWidth: HANDLE_PX,
      midPointColor: ink,
      midPointOutlineColor: paper,
      midPointOutlineWidth: 1.5,
      midPointWidth: 4,
    },
  };
}

function engine(map: Map, palette: Palette): TerraDraw {
  const { line, area, select } = strokes(palette);
  const snapping = { toCustom: nearestVertex(map) };
  const editable = {
    feature: { draggable: true, coordinates: { midpoints: true, draggable: true, deletable: true } },
  };
  const flags = Object.fromEntries(TOOLS.map((tool) => [tool, editable]));
  return new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map, renderBelowLayerId: DRAWING_BELOW, coordinatePrecision: 7 }),
    modes: [
      new TerraDrawLineStringMode({ modeName: "route", styles: line, snapping, pointerDistance: REACH_PX }),
      new TerraDrawLineStringMode({ modeName: "corridor", styles: line, snapping, pointerDistance: REACH_PX }),
      new TerraDrawPolygonMode({ modeName: "area", styles: area, pointerDistance: REACH_PX }),
      new TerraDrawSelectMode({ modeName: "edit", styles: select, flags, pointerDistance: REACH_PX }),
    ],
    undoRedo: { modeLevel: new TerraDrawModeUndoRedo(), sessionLevel: new TerraDrawSessionUndoRedo() },
  });
}

const isTool = (mode: unknown): mode is Tool => TOOLS.some((tool) => tool === mode);

/** Finished shapes alone: no vertex handles, nothing half drawn. */
function finished({ geometry, properties }: GeoJSONStoreFeatures): boolean {
  return isTool(properties.mode) && !properties.currentlyDrawing && isDrawable(geometry as Shape["geometry"]);
}

interface Listener {
  onHistory: (canUndo: boolean, canRedo: boolean) => void;
  onMode: (mode: Mode) => void;
}

export class Drawing {
  private readonly draw: TerraDraw;
  private pending = 0;

  constructor(map: Map, palette: Palette, private readonly tell: Listener) {
    this.draw = engine(map, palette);
    this.draw.start();
    this.draw.on("change", () => this.report());
    this.draw.on("finish", (id, { action }) => {
      this.report();
      if (action === "draw") setTimeout(() => this.edit(String(id)));
    });
    this.draw.on("history", () => this.tell.onHistory(this.draw.canUndo(), this.draw.canRedo()));
  }

  /** Many changes of one gesture make one report. */
  private report(): void {
    cancelAnimationFrame(this.pending);
    this.pending = requestAnimationFrame(() => drawn(this.shapes()));
  }

  private shapes() {
    return this.draw.getSnapshot().filter(finished).map(({ id, properties, geometry }) => ({
      id: String(id),
      tool: properties.mode as Tool,
      geometry: structuredClone(geometry),
    }));
  }

  /** Put saved shapes under the pen; they keep their ids. */
  load(shapes: Shape[]): void {
    const drawable = shapes.filter(({ tool, geometry }) => tool !== "zone" && isDrawable(geometry));
    const features = drawable.map((shape) => {
      const id = this.draw.getFeatureId();
      shape.id = String(id);
      return {
        id,
        type: "Feature" as const,
        properties: { mode: shape.tool },
        geometry: shape.geometry as GeoJSONStoreFeatures["geometry"],
      };
    });
    if (features.length > 0) this.draw.addFeatures(features);
    this.draw.clearUndoRedoHistory();
  }

  use(mode: Mode): void {
    this.draw.setMode(mode);
    this.tell.onMode(mode);
  }

  edit(id: string): void {
    this.use("edit");
    if (this.draw.hasFeature(id)) this.draw.selectFeature(id, "edit");
  }

  remove(id: string): void {
    if (!this.draw.hasFeature(id)) return;
    this.use("edit");
    this.draw.removeFeatures([id]);
  }

  undo(): void {
    this.draw.undo();
  }

  redo(): void {
    this.draw.redo();
  }

  repaint(palette: Palette): void {
    const { line, area, select } = strokes(palette);
    this.draw.updateModeOptions<typeof TerraDrawLineStringMode>("route", { styles: line });
    this.draw.updateModeOptions<typeof TerraDrawLineStringMode>("corridor", { styles: line });
    this.draw.updateModeOptions<typeof TerraDrawPolygonMode>("area", { styles: area });
    this.draw.updateModeOptions<typeof TerraDrawSelectMode>("edit", { styles: select });
  }

  stop(): void {
    cancelAnimationFrame(this.pending);
    this.draw.stop();
  }
}
