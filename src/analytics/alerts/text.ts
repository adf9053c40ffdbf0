import { requireFields } from "../../core/arguments.ts";
import { formatDuration, formatUtc } from "../../core/time.ts";
import type { Alert } from "./alerts.ts";
import type { Measure } from "./measures/measure.ts";
import { MEASURES } from "./measures/measures.ts";
import { conditionsOf } from "./rules/conditions.ts";

/** What a text is filled in with at one moment. */
export interface Moment {
  readonly timeUs: number;
  /** Of each condition. */
  readonly values: readonly number[];
  readonly state: string;
  /** Since when it has been in that state. */
  readonly sinceUs: number;
}

/** The text of an alert with the moment's values in it. It may hold anything: whoever shows it escapes it. */
export function alertText(alert: Alert, moment: Moment): string {
  requireFields("alertText", "alert", alert, ["rule", "watched", "labels", "severity"]);
  requireFields("alertText", "moment", moment, ["values", "state", "timeUs", "sinceUs"]);

  const { rule, watched } = alert;
  if (rule.text === undefined) return ownText(alert, moment);
  const [first, second] = watched;
  const values: Readonly<Record<string, string>> = {
    name: rule.name,
    symbol: first,
    y: first,
    x: second ?? "",
    pair: watched.join("/"),
    watched: watched.join("/"),
    venue: alert.labels.venue ?? "",
    interval: rule.interval,
    values: valuesText(alert, moment.values),
    state: moment.state,
    severity: alert.severity,
    time: formatUtc(moment.timeUs),
    since: formatUtc(moment.sinceUs),
    ...conditionTexts(alert, moment.values),
  };
  return rule.text.replace(/\{([^{}]*)\}/g, (whole, name: string) => {
    if (name.startsWith("label.")) return rule.labels?.[name.slice(6)] ?? whole;
    return values[name] ?? whole;
  });
}

/** `CONDITION_TEXT_NAMES` of each condition; of several with its number. */
function conditionTexts(alert: Alert, values: readonly number[]): Record<string, string> {
  const isOne = alert.rule.measure !== undefined;
  const texts = alert.conditions.flatMap(({ of }, i): [string, string][] => {
    const { when, fire, resolve } = alert.limits.judge.of[i]!;
    const own = {
      measure: of.measure,
      window: String(of.window),
      value: valueText(values[i]!),
      unit: MEASURES[of.measure].unit,
      fire: valueText(fire),
      resolve: valueText(resolve),
      when,
    };
    return Object.entries(own).map(([name, text]) => [isOne ? name : `${name}.${i + 1}`, text]);
  });
  return Object.fromEntries(texts);
}

/** `zScore is 2.31 and quoteVolume of ETHUSDT is 812`. */
function valuesText({ conditions, watched }: Alert, values: readonly number[]): string {
  return conditions
    .map(({ of }, i) => {
      const whose = of.watched.length === watched.length ? "" : ` of ${of.watched[0]}`;
      return `${of.measure}${whose} is ${valueText(values[i]!)}`;
    })
    .join(" and ");
}

/** What is said of an event: the alert's own text when it fires, else what has become of it. */
export function eventText(
  alert: Alert,
  { kind, ...moment }: Omit<Moment, "state"> & { readonly kind: string },
): string {
  if (kind === "firing" || kind === "reminder") return alertText(alert, { ...moment, state: "firing" });
  const watched = alert.watched.join("/");
  const values = valuesText(alert, moment.values);
  const [one, second] = alert.limits.judge.of;
  const end = one !== undefined && second === undefined ? `over at ${valueText(one.resolve)}` : "over";
  if (kind === "resolved") return `${watched}: ${values}, ${end}`;
  if (kind !== "no data") return `${watched}: ${values} again`;
  const missing = alert.conditions.filter((_, i) => Number.isNaN(moment.values[i]!));
  return `${watched}: no value of ${missing.map(({ of }) => of.measure).join(" and ")}`;
}

/** A value of a measure, as a table shows it. */
export function measureText(measure: Measure, value: number): string {
  const { decimals } = MEASURES[measure];
  if (!Number.isFinite(value)) return valueText(value);
  if (decimals !== undefined) return value.toFixed(decimals).replace("-", "−");
  if (Math.abs(value) < 10_000) return valueText(value);
  return Number(value.toPrecision(4)).toLocaleString("en").replace("-", "−");
}

/** Four significant digits; a proper minus. */
export function valueText(value: number): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  return String(Number(value.toPrecision(4))).replace("-", "−");
}

const WAYS = { above: "at or above ", below: "at or below ", abs: "at or beyond ±" };

/** What each condition's value is, and where it is out. */
function ownText(alert: Alert, { values }: Moment): string {
  const { intervalUs, limits } = alert;
  const given = conditionsOf(alert.rule);
  const parts = alert.conditions.map(({ of }, i) => {
    const { when, fire } = limits.judge.of[i]!;
    const { unit } = MEASURES[of.measure];
    const window = given[i]!.window;
    const bars = window === undefined ? "" : `, ${window} bars of ${formatDuration(intervalUs)}`;
    const whose = of.watched.length === alert.watched.length ? "" : ` of ${of.watched[0]}`;
    const is = `${of.measure}${whose} is ${valueText(values[i]!)}${unit && ` ${unit}`}`;
    return `${is} (${WAYS[when]}${valueText(fire)}${bars})`;
  });
  return `${alert.watched.join("/")}: ${parts.join(limits.judge.by === "all" ? " and " : " or ")}`;
}
