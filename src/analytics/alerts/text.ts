import { formatDuration, formatUtc } from "../../core/time.ts";
import type { Alert } from "./alerts.ts";
import { MEASURES } from "./measures.ts";

/** What a text is filled in with at one moment. */
export interface Moment {
  readonly timeUs: number;
  readonly value: number;
  readonly state: string;
  /** Since when it has been in that state. */
  readonly sinceUs: number;
}

/** The text of an alert with the moment's values in it. It may hold anything: whoever shows it escapes it. */
export function alertText(alert: Alert, moment: Moment): string {
  const { rule, of } = alert;
  if (rule.text === undefined) return ownText(alert, moment);
  const [first, second] = of.watched;
  const values: Readonly<Record<string, string>> = {
    name: rule.name,
    symbol: first,
    y: first,
    x: second ?? "",
    pair: of.watched.join("/"),
    watched: of.watched.join("/"),
    venue: alert.labels.venue ?? "",
    interval: rule.interval,
    measure: rule.measure,
    window: String(of.window),
    value: valueText(moment.value),
    unit: MEASURES[of.measure].unit,
    fire: valueText(alert.limits.fire),
    resolve: valueText(alert.limits.resolve),
    when: rule.when,
    state: moment.state,
    severity: alert.severity,
    time: formatUtc(moment.timeUs),
    since: formatUtc(moment.sinceUs),
  };
  return rule.text.replace(/\{([^{}]*)\}/g, (whole, name: string) => {
    if (name.startsWith("label.")) return rule.labels?.[name.slice(6)] ?? whole;
    return values[name] ?? whole;
  });
}

/** What is said of an event: the alert's own text when it fires, else what has become of it. */
export function eventText(
  alert: Alert,
  { kind, ...moment }: Omit<Moment, "state"> & { readonly kind: string },
): string {
  if (kind === "firing" || kind === "reminder") return alertText(alert, { ...moment, state: "firing" });
  const watched = alert.of.watched.join("/");
  const value = `${alert.rule.measure} is ${valueText(moment.value)}`;
  if (kind === "resolved") return `${watched}: ${value}, over at ${valueText(alert.limits.resolve)}`;
  return kind === "no data" ? `${watched}: no value of ${alert.rule.measure}` : `${watched}: ${value} again`;
}

/** Four significant digits; a proper minus. */
export function valueText(value: number): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  return String(Number(value.toPrecision(4))).replace("-", "−");
}

function ownText({ rule, of, limits }: Alert, { value }: Moment): string {
  const { unit } = MEASURES[of.measure];
  const way = { above: "at or above", below: "at or below", abs: "at or beyond ±" }[limits.when];
  const limit = `${way}${limits.when === "abs" ? "" : " "}${valueText(limits.fire)}`;
  const bars = rule.window === undefined ? "" : `, ${rule.window} bars of ${formatDuration(of.intervalUs)}`;
  return `${of.watched.join("/")}: ${rule.measure} is ${valueText(value)}${unit && ` ${unit}`} (${limit}${bars})`;
}
