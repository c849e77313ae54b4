/** Colour says state: one tone per state, for tags, legend and map alike. */

export const TONES = {
  blue: { light: "#2463c7", dark: "#6aa8ff" },
  amber: { light: "#955800", dark: "#f0b03f" },
  orange: { light: "#cf4f0c", dark: "#ff935a" },
  violet: { light: "#7338bd", dark: "#b795ff" },
  green: { light: "#0d8055", dark: "#3dc890" },
  red: { light: "#c4222b", dark: "#ff7272" },
  brown: { light: "#7a5240", dark: "#c8a48e" },
  grey: { light: "#6b7683", dark: "#94a1b0" },
} as const;

export type Tone = keyof typeof TONES;

const STATE_TONES: Record<string, Record<string, Tone>> = {
  application_state: {
    draft: "grey",
    submitted: "blue",
    completeness_check: "blue",
    expert_review: "amber",
    joint_review: "amber",
    returned: "orange",
    confirmed: "violet",
    rejected: "brown",
    withdrawn: "grey",
  },
  permit_state: {
    confirmed: "violet",
    active: "green",
    suspended: "red",
    revoked: "brown",
    superseded: "grey",
    terminated: "grey",
    expired: "grey",
  },
  zone_state: { proposed: "blue", assessed: "amber", published: "green", withdrawn: "grey" },
  restriction_state: { draft: "grey", published: "green", withdrawn: "grey" },
  standing: { plate_pending: "amber", cleared: "green", suspended: "red", removed: "grey" },
};

/** Restrictions in force differ by what they do to a test, so their effect tints them. */
const EFFECT_TONES: Record<string, Tone> = {
  prohibited: "red",
  requires_authorization: "orange",
  conditional: "amber",
  information: "blue",
};

export const SEVERITY_TONES: Record<string, Tone> = {
  blocking: "red",
  coordination: "amber",
  advisory: "blue",
};

export function toneOf(set: string, state: string): Tone {
  return STATE_TONES[set]?.[state] ?? "grey";
}

export function effectTone(effect: string, state: string): Tone {
  return state === "published" ? (EFFECT_TONES[effect] ?? "red") : "grey";
}
