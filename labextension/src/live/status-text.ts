import type { PanelState } from "../../../src/notebook/page/live-messages.ts";
import { NEVER_MS } from "../../../src/render/view.ts";
import { wordsFor } from "./words.ts";

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
  /** When the newest trade in it was received, by the same clock, where that is known. */
  readonly asOfMs: number | undefined;
  /** When what it shows was made, where that changes by its controls alone. */
  readonly stillMs?: number | undefined;
  /** The end of the stretch that a reader looks at, where it is not the newest. */
  readonly pastMs: number | undefined;
}

const silence = 5_000;
/** What is drawn of trades that came longer ago does not live, however often it is drawn. */
const quiet = 30_000;

/** The words under a live panel, the first of them the state. */
export function statusText({
  state,
  cut,
  paused,
  ageMs,
  silentMs,
  atMs,
  asOfMs,
  stillMs,
  pastMs,
}: Condition): {
  readonly state: "live" | "as of" | "paused" | "not live" | "asking";
  readonly detail: string;
} {
  const drawn = atMs > 0 ? `drawn ${clockText(atMs, atMs)}` : "";
  const notLive = (...why: string[]): ReturnType<typeof statusText> => ({
    state: "not live",
    detail: [...why, drawn].filter(Boolean).join(", "),
  });
  if (cut !== "") return notLive(cut === "the kernel is gone" ? `${cut}: run the cell again` : cut);
  if (state === "unknown") return notLive(wordsFor().unknown);
  if (state === "stopped") return notLive("stopped");
  if (state === undefined) {
    return silentMs > silence ? notLive(wordsFor().silent) : { state: "asking", detail: "…" };
  }
  if (silentMs > silence) return notLive(`${wordsFor().silentFor} ${ageText(silentMs)}`);
  if (stillMs !== undefined) return { state: "as of", detail: clockText(stillMs, atMs) };
  if (paused) return { state: "paused", detail: `as of ${clockText(atMs, atMs)}` };
  if (pastMs !== undefined) return { state: "as of", detail: clockText(pastMs, atMs) };
  if (asOfMs === NEVER_MS) return notLive("no trade yet");
  if (asOfMs !== undefined && atMs - asOfMs > quiet)
    return { state: "as of", detail: `${clockText(asOfMs, atMs)}: no trade since` };
  return { state: "live", detail: ageMs < 2_500 ? "" : `${ageText(ageMs)} old` };
}

/** With its day, where that is not the day of `nowMs`. */
function clockText(ms: number, nowMs: number): string {
  const [day, time] = new Date(ms).toISOString().split("T") as [string, string];
  const isToday = new Date(nowMs).toISOString().startsWith(day);
  return `${isToday ? "" : `${day} `}${time.slice(0, 8)} UTC`;
}

function ageText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}
