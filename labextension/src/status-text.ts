import type { PanelState } from "../../src/notebook/page/live-messages.ts";

/** Why nothing comes from the kernel; empty while it can be reached. */
export type Cut = "" | "the kernel is gone" | "the connection is lost";

/** What a panel knows of itself. */
export interface Condition {
  /** The kernel's last word; nothing before there is one. */
  readonly state: PanelState["state"] | undefined;
  readonly cut: Cut;
  readonly paused: boolean;
  /** How long ago the picture in the page was right; and when the kernel was last heard. */
  readonly ageMs: number;
  readonly silentMs: number;
  /** When the picture was drawn, by the kernel's clock, ms since 1970. */
  readonly atMs: number;
}

const silence = 5_000;

/** The words under a live panel, the first of them the state. */
export function statusText({ state, cut, paused, ageMs, silentMs, atMs }: Condition): {
  readonly state: "live" | "paused" | "not live" | "asking";
  readonly detail: string;
} {
  const drawn = atMs > 0 ? `drawn ${new Date(atMs).toISOString().slice(11, 19)} UTC` : "";
  const notLive = (...why: string[]): ReturnType<typeof statusText> => ({
    state: "not live",
    detail: [...why, drawn].filter(Boolean).join(", "),
  });
  if (cut !== "") return notLive(cut === "the kernel is gone" ? `${cut}: run the cell again` : cut);
  if (state === "unknown") return notLive("the kernel was started anew: run the cell again");
  if (state === "stopped") return notLive("stopped");
  if (state === undefined) {
    return silentMs > silence ? notLive("no kernel answers") : { state: "asking", detail: "…" };
  }
  if (silentMs > silence) return notLive(`the kernel is silent for ${ageText(silentMs)}`);
  if (paused) return { state: "paused", detail: `${ageText(ageMs)} old` };
  return { state: "live", detail: ageMs < 2_500 ? "" : `${ageText(ageMs)} old` };
}

function ageText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}
