/** The common look of planned volumes: a tinted area with its pattern, an edge, a cored route. */
import type { Palette } from "../palette";
import type { LayerId } from "../zorder";
import { type StyleLayer, byAttention, growing, isPart, toneInk } from "./layer";

interface Look {
  name: "application" | "permit";
  source: string;
  opacity: number;
  dashes: number[] | null;
}

export function planned({ name, source, opacity, dashes }: Look, palette: Palette): StyleLayer[] {
  const ink = toneInk(palette);
  const id = (part: string) => `${name}-${part}` as LayerId;
  const dashed = dashes ? { "line-dasharray": dashes } : {};
  return [
    {
      id: id("fill"),
      type: "fill",
      source,
      filter: isPart("area"),
      paint: {
        "fill-color": ink,
        "fill-opacity": byAttention(opacity, opacity + 0.08, opacity + 0.18),
      },
    },
    {
      id: id("pattern"),
      type: "fill",
      source,
      filter: isPart("area"),
      paint: { "fill-pattern": ["get", "pattern"], "fill-opacity": 0.35 },
    },
    {
      id: id("edge"),
      type: "line",
      source,
      filter: isPart("area"),
      layout: { "line-join": "round" },
      paint: { "line-color": ink, "line-width": byAttention(1.6, 2.4, 3), ...dashed },
    },
    {
      id: id("route-focus"),
      type: "line",
      source,
      filter: isPart("line"),
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": palette.selected,
        "line-width": growing(7, 14),
        "line-opacity": byAttention(0, 0.4, 0.85),
      },
    },
    {
      id: id("route-halo"),
      type: "line",
      source,
      filter: isPart("line"),
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": palette.halo,
        "line-width": growing(4.2, 9),
        "line-opacity": 0.95,
      },
    },
    {
      id: id("route"),
      type: "line",
      source,
      filter: isPart("line"),
      layout: { "line-cap": dashes ? "butt" : "round", "line-join": "round" },
      paint: { "line-color": ink, "line-width": growing(2.2, 5.5), ...dashed },
    },
  ];
}
