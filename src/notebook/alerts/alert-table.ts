import { type ActBook, isSnoozed } from "../../analytics/alerts/acts.ts";
import type { Threshold } from "../../analytics/alerts/judge.ts";
import type { Measure } from "../../analytics/alerts/measures/measure.ts";
import { MEASURES } from "../../analytics/alerts/measures/measures.ts";
import { measureText, valueText } from "../../analytics/alerts/text.ts";
import type { AlertStatus } from "../../analytics/alerts/values/evaluator.ts";
import { spanText } from "../../app/doctor/words.ts";
import { shortNames } from "../../core/assets.ts";
import { formatUtc } from "../../core/time.ts";
import type { TableData } from "../../render/table-data.ts";

const ORDER = ["firing", "pending", "no data", "resolved", "inactive"];
const SIGNS: Readonly<Record<string, string>> = {
  firing: "FIRING",
  pending: "○ pending",
  "no data": "? no data",
  resolved: "● resolved",
  inactive: "· quiet",
};

export interface AlertsTableMore {
  /** The last values of an alert, oldest first. */
  readonly trail: (key: string) => readonly number[];
  readonly acts: ActBook;
  /** By which name a page asks the kernel about the rows. */
  readonly asks: string | undefined;
}

/** Alerts at one moment: firing ones first, those that fire longest in front. */
export function alertsTable(
  alerts: readonly AlertStatus[],
  nowUs: number,
  { trail, acts, asks }: AlertsTableMore,
): TableData {
  const stateText = ({ alert, state, silencedBy }: AlertStatus): string => {
    const isSnooze = acts.snoozedUs(alert, nowUs) !== undefined;
    if (isSnooze && state.state !== "firing") return "· snoozed";
    const sign = SIGNS[state.state]!;
    if (!isSnooze && silencedBy !== "" && !isSnoozed({ silencedBy })) return `${sign} (silent)`;
    const isSeen = state.firingUs !== null && acts.isAcknowledged(alert, state.firingUs);
    return state.state === "firing" && isSeen ? `${sign} ✓` : sign;
  };
  /** Of one that is snoozed, when that ends. */
  const forText = ({ alert, state }: AlertStatus): string => {
    const snoozedUs = acts.snoozedUs(alert, nowUs);
    if (snoozedUs !== undefined) return `to ${clockText(snoozedUs)}`;
    return ageOf(state.state === "firing" ? state.firingUs : state.sinceUs, nowUs);
  };
  const rows = [...alerts].sort(
    (a, b) =>
      ORDER.indexOf(a.state.state) - ORDER.indexOf(b.state.state) ||
      (a.state.sinceUs ?? 0) - (b.state.sinceUs ?? 0),
  );
  const short = shortNames(rows.flatMap(({ alert }) => alert.watched));
  const text = (name: string, pick: (row: AlertStatus) => string) => ({
    name,
    values: rows.map(pick),
    kind: "text" as const,
  });
  return {
    length: rows.length,
    ...(asks !== undefined && { asks: { of: asks, rows: rows.map(({ alert }) => alert.key) } }),
    columns: [
      {
        ...text("state", stateText),
        alarm: (value: string) => value.startsWith(SIGNS.firing!),
      },
      text("for", forText),
      text("alert", ({ alert }) => alert.rule.name),
      text("watched", ({ alert }) => alert.watched.map(short).join("/")),
      text("value", ({ alert, values }) =>
        alert.conditions
          .map(({ of }, i) =>
            [measureText(of.measure, values[i]!), shortUnit(of.measure)].filter(Boolean).join(" "),
          )
          .join(" · "),
      ),
      { ...text("fires", ({ alert }) => judgeText(alert)), spare: true },
      { ...text("last values", ({ alert }) => sparkline(trail(alert.key))), spare: true },
      { ...text("severity", ({ alert }) => alert.severity), spare: true },
    ],
  };
}

function clockText(us: number): string {
  return formatUtc(Math.floor(us / 1e6) * 1e6).slice(11, 16);
}

/** Beside a value; longer ones stand beside the threshold. */
function shortUnit(measure: Measure): string {
  const { unit } = MEASURES[measure];
  return unit.length <= 2 ? unit : "";
}

function ageOf(sinceUs: number | null, nowUs: number): string {
  if (sinceUs === null || !(nowUs >= sinceUs)) return "";
  return nowUs === sinceUs ? "now" : spanText(nowUs - sinceUs);
}

function judgeText({ conditions, limits: { judge } }: AlertStatus["alert"]): string {
  const unit = (i: number): string => {
    const { measure } = conditions[i]!.of;
    return shortUnit(measure) === "" ? MEASURES[measure].unit : "";
  };
  if (judge.of.length === 1) return thresholdText(judge.of[0]!, unit(0));
  const parts = judge.of.map((one, i) => `${conditions[i]!.of.measure} ${thresholdText(one, unit(i))}`);
  return parts.join(judge.by === "all" ? " and " : " or ");
}

function thresholdText({ when, fire, resolve }: Threshold, unit = ""): string {
  const [out, back] = [valueText(fire), valueText(resolve)];
  const way = when === "abs" ? `beyond ±${out}` : `${when} ${out}`;
  const over = resolve === fire ? "" : `, over at ${when === "abs" ? "±" : ""}${back}`;
  return `${way}${over}${unit && ` ${unit}`}`;
}

const STEPS = "▁▂▃▄▅▆▇█";

/** Values as one line of blocks between the least and the largest of them; low where nothing moves, a blank where one is missing. */
export function sparkline(values: readonly number[]): string {
  const known = values.filter(Number.isFinite);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return values
    .map((value) => {
      if (!Number.isFinite(value)) return " ";
      const share = most > least ? (value - least) / (most - least) : 0;
      return STEPS[Math.min(STEPS.length - 1, Math.floor(share * STEPS.length))]!;
    })
    .join("");
}
