/** Pattern says kind: small tiles drawn in a state's colour when the map first asks for one. */
import type { Map } from "maplibre-gl";
import type { Tone } from "../state/tones";
import type { Palette } from "./palette";

const SIZE = 16;
const PIXEL_RATIO = 2;

type Ink = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
type Draw = (ink: Ink, size: number) => void;

function stroke(ink: Ink, ...segments: [number, number, number, number][]): void {
  ink.beginPath();
  for (const [x0, y0, x1, y1] of segments) {
    ink.moveTo(x0, y0);
    ink.lineTo(x1, y1);
  }
  ink.stroke();
}

/** A diagonal that meets itself across the tile's edges. */
const rising = (s: number): [number, number, number, number][] => [
  [0, s, s, 0],
  [-s / 2, s / 2, s / 2, -s / 2],
  [s / 2, s * 1.5, s * 1.5, s / 2],
];

const falling = (s: number) =>
  rising(s).map(([x0, y0, x1, y1]): [number, number, number, number] => [s - x0, y0, s - x1, y1]);

const DRAWINGS: Record<string, Draw> = {
  hatch: (ink, s) => stroke(ink, ...rising(s)),
  cross: (ink, s) => stroke(ink, [0, s, s, 0], [0, 0, s, s]),
  sparse: (ink, s) => {
    ink.setLineDash([s / 3, s / 4]);
    stroke(ink, ...falling(s));
  },
  grid: (ink, s) => stroke(ink, [s / 2, 0, s / 2, s], [0, s / 2, s, s / 2]),
  dots: (ink, s) => {
    for (const [x, y] of [[s / 4, s / 4], [(s * 3) / 4, (s * 3) / 4]] as const) {
      ink.beginPath();
      ink.arc(x, y, s / 9, 0, Math.PI * 2);
      ink.fill();
    }
  },
  plus: (ink, s) => stroke(ink, [s / 2, s / 4, s / 2, (s * 3) / 4], [s / 4, s / 2, (s * 3) / 4, s / 2]),
  plain: () => undefined,
};

/** Which drawing marks a kind of zone, or an effect of a restriction. */
export const PATTERNS: Record<string, string> = {
  designated_area: "plain",
  closed_site: "grid",
  low_altitude_corridor: "hatch",
  low_altitude_area: "dots",
  vertiport: "plus",
  prohibited: "cross",
  requires_authorization: "hatch",
  conditional: "sparse",
  information: "plain",
};

export const patternOf = (kind: string, tone: Tone) => `${PATTERNS[kind] ?? "plain"}:${tone}`;

function tile(name: string, palette: Palette): ImageData | null {
  const [drawing = "", tone = "grey"] = name.split(":");
  const draw = DRAWINGS[drawing];
  const ink = new OffscreenCanvas(SIZE * PIXEL_RATIO, SIZE * PIXEL_RATIO).getContext("2d");
  if (!draw || !ink) return null;
  ink.scale(PIXEL_RATIO, PIXEL_RATIO);
  ink.strokeStyle = ink.fillStyle = palette.tone(tone as Tone);
  ink.lineWidth = 1.3;
  draw(ink, SIZE);
  return ink.getImageData(0, 0, SIZE * PIXEL_RATIO, SIZE * PIXEL_RATIO);
}

/** Fill a legend's canvas with the pattern of a kind, edged and tinted as on the map. */
export function paintSwatch(ink: CanvasRenderingContext2D, kind: string, tone: Tone, palette: Palette): void {
  const { width, height } = ink.canvas;
  const image = tile(patternOf(kind, tone), palette);
  const stencil = new OffscreenCanvas(SIZE * PIXEL_RATIO, SIZE * PIXEL_RATIO);
  if (image) stencil.getContext("2d")?.putImageData(image, 0, 0);
  ink.clearRect(0, 0, width, height);
  ink.fillStyle = ink.strokeStyle = palette.tone(tone);
  ink.globalAlpha = 0.14;
  ink.fillRect(0, 0, width, height);
  ink.globalAlpha = 0.8;
  ink.fillStyle = ink.createPattern(stencil, "repeat") ?? "transparent";
  ink.fillRect(0, 0, width, height);
  ink.globalAlpha = 1;
  ink.lineWidth = 4;
  ink.strokeRect(0, 0, width, height);
}

/** Draw tiles on demand, and all of them anew when the palette changes. */
export class PatternTiles {
  private readonly names = new Set<string>();

  constructor(
    private readonly map: Map,
    private palette: Palette,
  ) {
    map.setMissingStyleImageResolver((name) => this.add(name));
  }

  private add(name: string): void {
    const image = tile(name, this.palette);
    if (!image || this.map.hasImage(name)) return;
    this.names.add(name);
    this.map.addImage(name, image, { pixelRatio: PIXEL_RATIO });
  }

  repaint(palette: Palette): void {
    this.palette = palette;
    for (const name of this.names) {
      const image = tile(name, palette);
      if (image) this.map.updateImage(name, image);
    }
  }
}
