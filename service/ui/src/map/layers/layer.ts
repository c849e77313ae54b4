/** What every map layer is: a source of its own and the style layers drawn from it. */
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { TONES, type Tone } from "../../state/tones";
import type { Palette } from "../palette";
import type { LayerId } from "../zorder";

export type StyleLayer = LayerSpecification & { id: LayerId };

export interface MapLayer {
  source: string;
  layers: (palette: Palette) => StyleLayer[];
}

export const FONT = ["Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "sans-serif"];

function byTone(colour: (tone: Tone) => string): ExpressionSpecification {
  const pairs = (Object.keys(TONES) as Tone[]).flatMap((tone) => [tone, colour(tone)]);
  return ["match", ["get", "tone"], ...pairs, colour("grey")] as unknown as ExpressionSpecification;
}

/** The colour of a feature's state. */
export const toneInk = (palette: Palette) => byTone(palette.tone);

/** The colour of a feature's state, as a tint for roads. */
export const toneTint = (palette: Palette) => byTone(palette.tint);

const flag = (name: string): ExpressionSpecification => ["boolean", ["feature-state", name], false];

/** One value at rest, others under the pointer and when selected. */
export function byAttention<Value extends number | string>(
  rest: Value | ExpressionSpecification,
  hovered: Value | ExpressionSpecification,
  selected: Value | ExpressionSpecification,
): ExpressionSpecification {
  return ["case", flag("selected"), selected, flag("hovered"), hovered, rest];
}

export const isPart = (part: string): ExpressionSpecification => ["==", ["get", "part"], part];

/** A width in pixels that grows with the zoom from city to street. */
export function growing(
  atCity: number | ExpressionSpecification,
  atStreet: number | ExpressionSpecification,
): ExpressionSpecification {
  return ["interpolate", ["exponential", 1.5], ["zoom"], 9, atCity, 16, atStreet];
}
