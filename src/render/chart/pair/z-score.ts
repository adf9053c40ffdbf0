import type { ZScore } from "../../../analytics/pair/z-score.ts";
import { quote, refuse } from "../../../core/errors.ts";
import { COLOURS } from "../../theme.ts";
import type { View } from "../../view.ts";
import { requireOptions } from "../base/options.ts";
import { type Drawn, originOptions, timed } from "../base/origin.ts";
import type { Level } from "../line-layers.ts";
import { drawLines, LINES_OPTIONS, type LinesOptions } from "../lines.ts";

export interface ZScoreOptions extends LinesOptions {
  /** |z| from which the value is marked. */
  readonly threshold: number;
  /** |z| at which a position would be closed: two thinner lines. */
  readonly exit?: number;
}

/** What `zScore` gives, or a column with its times: `{ timeUs, values }`. */
export type DrawnZScore = Drawn & Partial<ZScore>;

/** A z-score between its thresholds: beyond them the ground is shaded and each bar carries a triangle. */
export function zScoreChart(z: DrawnZScore, options: ZScoreOptions): View {
  const { timeUs, values, window, names } = timed(
    "zScoreChart",
    "z",
    z,
    ["values"],
    "zScore(spread, { window })",
  );
  requireOptions("zScoreChart", options, ["threshold", "exit", ...LINES_OPTIONS]);

  const { threshold, exit } = options;
  if (!(typeof threshold === "number" && threshold > 0 && threshold < Number.POSITIVE_INFINITY)) {
    refuse({
      code: "bad-threshold",
      where: "zScoreChart",
      problem: `threshold must be a number above 0; got ${quote(threshold)}`,
      hint: "Pass for example 2.",
      facts: { threshold },
    });
  }
  let largest = 1.25 * threshold;
  for (const value of values) {
    const size = 1.08 * Math.abs(value);
    if (size > largest && Number.isFinite(size)) largest = size;
  }
  const all = { ...originOptions(z), ...options };
  return drawLines(timeUs, [{ name: "z-score", values }], {
    title: names === undefined ? "z-score" : `z-score of the spread ${names.y} against ${names.x}`,
    unit: "standard deviations",
    yDomain: [-largest, largest],
    ...thresholds({ entry: threshold, ...(exit !== undefined && { exit }) }),
    markBeyond: threshold,
    ...(window !== undefined && { needs: window }),
    ...all,
    note: [window === undefined ? "" : windowNote(window, threshold), all.note].filter(Boolean).join(" · "),
  });
}

/** Lines at ± where a position is opened, closed and given up; the ground beyond the first is shaded. */
export function thresholds({ entry, exit, stop }: Thresholds): Pick<LinesOptions, "levels" | "bands"> {
  const pair = (value: number | undefined, style: Omit<Level, "value" | "label">): Level[] => {
    if (value === undefined || value === 0) return [];
    const text = String(Math.abs(value));
    return [
      { value: Math.abs(value), label: `+${text}`, ...style },
      { value: -Math.abs(value), label: `−${text}`, ...style },
    ];
  };
  return {
    levels: [
      { value: 0, dash: [], colour: "rgba(128,128,128,0.6)" },
      ...pair(exit, { dash: [1, 3] }),
      ...pair(entry, { dash: [5, 3], colour: COLOURS.alarm }),
      ...pair(stop, { dash: [9, 3, 2, 3], colour: COLOURS.missing }),
    ],
    bands:
      entry === undefined
        ? []
        : [
            { from: entry, to: Number.POSITIVE_INFINITY, colour: COLOURS.alarm },
            { from: Number.NEGATIVE_INFINITY, to: -entry, colour: COLOURS.alarm },
          ],
  };
}

export interface Thresholds {
  readonly entry?: number;
  readonly exit?: number;
  readonly stop?: number;
}

/** A z-score whose window holds the current bar cannot exceed (w − 1)/√w. */
function windowNote(window: number, threshold: number): string {
  const most = (window - 1) / Math.sqrt(window);
  const bars = `against the last ${window} bars`;
  return threshold > most
    ? `${bars}: |z| cannot exceed ${most.toFixed(2)}, so ${threshold} is never reached`
    : bars;
}
