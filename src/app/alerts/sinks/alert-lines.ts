import { plainText } from "../../../core/errors.ts";
import { formatUtc } from "../../../core/time.ts";
import type { AlertRecord } from "../../../pipeline/store/alert-store.ts";
import { spanText } from "../../doctor/words.ts";

const RED = 31;
const GREEN = 32;
const YELLOW = 33;
const MAGENTA = 35;

/** Each kind has a word and a sign of its own, so that colour says nothing alone. */
const LOOKS: Readonly<
  Record<string, { readonly sign: string; readonly word: string; readonly colour: number }>
> = {
  firing: { sign: "■", word: "FIRING", colour: RED },
  reminder: { sign: "■", word: "STILL FIRING", colour: RED },
  resolved: { sign: "●", word: "resolved", colour: GREEN },
  "no data": { sign: "?", word: "NO DATA", colour: MAGENTA },
  snooze: { sign: "·", word: "snoozed", colour: MAGENTA },
  acknowledge: { sign: "✓", word: "acknowledged", colour: GREEN },
  wake: { sign: "·", word: "no longer snoozed", colour: GREEN },
};
const BACK = { sign: "●", word: "data again", colour: GREEN };

/** An event as one line: `2026-01-05T12:00:01Z ■ FIRING warning · z-score out · ETHUSDT/BTCUSDT, 1s · …` */
export function alertLine(record: AlertRecord, hasColour: boolean): string {
  const { kind, from, severity, rule, watched, text, timeUs, sinceUs, isLate, heldBack, venueKind } = record;
  const isHeld = record.delivery === "silenced";
  const { sign, word, colour } = LOOKS[kind] ?? BACK;
  const lasted = spanText(timeUs - sinceUs);
  const notes = [
    kind === "reminder" ? `for ${lasted}` : "",
    kind === "resolved" ? `after ${lasted}` : "",
    kind === "firing" && from === "firing" && !isLate ? "on the other side" : "",
    isHeld ? `held back: ${record.silencedBy}` : "",
    isLate ? "reported late" : "",
    heldBack > 0 ? `${heldBack} held back before` : "",
    venueKind === "real" ? "" : venueKind.toUpperCase(),
  ].filter(Boolean);
  const tint = colour === RED && severity === "info" ? YELLOW : colour;
  const head = `${sign} ${word} ${severity}`;
  const coloured = hasColour && !isHeld ? `\u001b[${tint}m${head}\u001b[0m` : head;
  const rest = [rule, text.includes(watched.split(",")[0]!) ? "" : watched, text, ...notes].filter(Boolean);
  return `${formatUtc(timeUs)} ${coloured} · ${rest.map(plainText).join(" · ")}`;
}
