/** The colours of the map in both themes; state colours come from state/tones.ts. */
import type { Theme } from "../state/prefs";
import { TONES, type Tone } from "../state/tones";

interface RoadInk {
  fill: string;
  casing: string;
}

export interface Palette {
  land: string;
  district: string;
  districtLine: string;
  graticule: string;
  label: string;
  labelStrong: string;
  halo: string;
  selected: string;
  draft: string;
  handle: string;
  roads: { motor: RoadInk; express: RoadInk; main: RoadInk; local: RoadInk };
  tone: (tone: Tone) => string;
  /** A tone as paint on a road: light on the light map, deep on the dark one. */
  tint: (tone: Tone) => string;
}

type Ground = Omit<Palette, "tone" | "tint">;

const LIGHT: Ground = {
  land: "#efeee9",
  district: "#f8f7f3",
  districtLine: "#aba492",
  graticule: "#e3e0d6",
  label: "#5d6570",
  labelStrong: "#333c47",
  halo: "#fbfaf7",
  selected: "#0b1f36",
  draft: "#0b5fd0",
  handle: "#ffffff",
  roads: {
    motor: { fill: "#f3d395", casing: "#cda765" },
    express: { fill: "#f8eac6", casing: "#d3c297" },
    main: { fill: "#ffffff", casing: "#cbc6b9" },
    local: { fill: "#ffffff", casing: "#dcd8cd" },
  },
};

const DARK: Ground = {
  land: "#0c1219",
  district: "#121a24",
  districtLine: "#435163",
  graticule: "#1a2431",
  label: "#93a1b2",
  labelStrong: "#c9d3de",
  halo: "#0e151e",
  selected: "#ffffff",
  draft: "#5fb0ff",
  handle: "#0e151e",
  roads: {
    motor: { fill: "#6f5a34", casing: "#3d321d" },
    express: { fill: "#51483a", casing: "#2e2a24" },
    main: { fill: "#3d4b5e", casing: "#212c3a" },
    local: { fill: "#2b3747", casing: "#1a2430" },
  },
};

const TINT = 0.34;

/** A share of one hexadecimal colour in another. */
function mixed(ink: string, paper: string, share: number): string {
  const channel = (colour: string, at: number) => Number.parseInt(colour.slice(1 + 2 * at, 3 + 2 * at), 16);
  const channels = [0, 1, 2].map((at) =>
    Math.round(channel(ink, at) * share + channel(paper, at) * (1 - share)),
  );
  return `#${channels.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

export function paletteOf(theme: Theme): Palette {
  const base = theme === "dark" ? DARK : LIGHT;
  const tone = (name: Tone) => TONES[name][theme];
  return { ...base, tone, tint: (name) => mixed(tone(name), base.roads.main.fill, TINT) };
}
