import { formatUtc } from "../../core/time.ts";
import type { Observations } from "./observe.ts";
import { REST_ASSUMPTIONS } from "./rest-assumptions.ts";
import { STREAM_ASSUMPTIONS } from "./stream-assumptions.ts";
import { type Assumption, factsOf, type Verdict } from "./verdict.ts";

export const ASSUMPTIONS: readonly Assumption[] = [...STREAM_ASSUMPTIONS, ...REST_ASSUMPTIONS];

/** How one assumption stands. */
export interface Judged {
  readonly id: string;
  readonly says: string;
  readonly verdict: Verdict;
  readonly detail: string;
}

/** Every assumption that the collector rests on, judged by what an exchange did. */
export function judgeAll(seen: Observations): Judged[] {
  const facts = factsOf(seen);
  return ASSUMPTIONS.map(({ id, says, judge }) => ({ id, says, ...judge(facts) }));
}

/** A probe as a file that can be sent: what was judged, by what, and samples of what came. */
export function probeFile(seen: Observations, judged: readonly Judged[], nowUs: number): object {
  const { host, symbols, lookedMs, frames, binaries, pingsMs, answers, end } = seen;
  return {
    madeAt: formatUtc(nowUs),
    node: process.version,
    host,
    symbols,
    seconds: Math.round(lookedMs / 1000),
    judged,
    stream: {
      frames: frames.length,
      binaries,
      pings: pingsMs.length,
      end,
      samples: samplesOf(frames.map(({ text }) => text)),
    },
    rest: Object.fromEntries(
      Object.entries(answers).map(([name, { path, status, contentType, usedWeight, body, problem }]) => [
        name,
        { path, status, contentType, usedWeight, problem, bytes: body.length, begins: body.slice(0, 600) },
      ]),
    ),
  };
}

/** The first frames, and one of each other form. */
function samplesOf(texts: readonly string[]): string[] {
  const forms = new Map<string, string>();
  for (const text of texts) {
    const form = text.replace(/"[^"]*"|-?\d+(\.\d+)?/g, "#");
    if (!forms.has(form) && forms.size < 20) forms.set(form, text.slice(0, 600));
  }
  return [...texts.slice(0, 3).map((text) => text.slice(0, 600)), ...forms.values()];
}

/** For a terminal: what is broken first. */
export function probeText(judged: readonly Judged[]): string {
  const of = (verdict: Verdict): readonly Judged[] => judged.filter((one) => one.verdict === verdict);
  const line = ({ verdict, says, detail }: Judged): string =>
    `  ${verdict === "held" ? "·" : "■"} ${verdict.toUpperCase()}: ${says}. ${detail}`;
  return [
    `${of("held").length} of ${judged.length} assumptions held, ${of("broken").length} broken, ${of("not seen").length} not seen.`,
    ...of("broken").map(line),
    ...of("not seen").map(line),
    ...of("held").map(({ says }) => `  · held: ${says}.`),
  ].join("\n");
}
