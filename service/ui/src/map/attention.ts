/** Selection and hover as feature state, so that the same feature lights up in every layer. */
import type { Map } from "maplibre-gl";

export type Flag = "selected" | "hovered";

interface Target {
  source: string;
  id: string;
}

/** Holds at most one target per flag and moves the flag from the old to the new. */
export class Attention {
  private readonly current: Partial<Record<Flag, Target>> = {};

  constructor(private readonly map: Map) {}

  give(flag: Flag, target: Target | null): void {
    const before = this.current[flag];
    if (before) this.map.setFeatureState(before, { [flag]: false });
    if (target) this.map.setFeatureState(target, { [flag]: true });
    this.current[flag] = target ?? undefined;
  }
}
