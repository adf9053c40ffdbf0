import type { Alert } from "../../analytics/alerts/alerts.ts";
import { checkRules, ruleFaults } from "../../analytics/alerts/rules/check-rules.ts";
import { defaultRules } from "../../analytics/alerts/rules/defaults.ts";
import type { AlertRule } from "../../analytics/alerts/rules/rule.ts";
import { scoreTable } from "../../analytics/alerts/score.ts";
import type { AlertStatus, HeardEvent } from "../../analytics/alerts/values/evaluator.ts";
import type { Costs } from "../../analytics/backtest/types.ts";
import { requireSettings } from "../../app/data/data-source.ts";
import { requireFields } from "../../core/arguments.ts";
import { waitingView } from "../../render/chart/base/waiting.ts";
import type { AlertSpan } from "../../render/chart/pair/alert-marks.ts";
import { tableView } from "../../render/table.ts";
import type { View } from "../../render/view.ts";
import { sharedReader } from "../data/shared-reader.ts";
import { dated } from "../pair/dated.ts";
import type { AlertBands, BandMeasure, PairWatch } from "../pair/pair-watch.ts";
import { toldView } from "../view/sentence.ts";
import { alertActs } from "./alert-acts.ts";
import { type AlertDesk, alertDesk } from "./alert-desk.ts";
import { type AlertLog, alertLog } from "./alert-log.ts";
import { alertsTable } from "./alert-table.ts";
import { pairJudge } from "./pair-judge.ts";
import { ruleTrial, trialSentence } from "./rule-trial.ts";
import { strategyTiles } from "./strategy-tiles.ts";

export interface PairAlertSettings {
  /** Those that come with Tickbook unless told: on this pair and its symbols, with its bars and window. */
  readonly rules?: readonly AlertRule[];
  /** Rules besides those. `set` keeps its rules here, `remove` takes them out: they outlive the panels that they were set on. */
  readonly own?: AlertRule[];
  /** What trading costs in the strategy that is shown beside the alerts; a fee of 10 bps unless told. */
  readonly costs?: Partial<Costs>;
}

/**
 * Alerts on a pair that is watched. Each call judges what has closed since the last one and draws the present state. Handed to
 * a chart of the pair, they are drawn into it: `pair.zScore({ bands: alerts })`.
 */
export interface PairAlerts extends AlertBands {
  /** Firing ones first: state, since when, value, threshold, the last values. */
  table(): View;
  /** What has fired: one line each, the newest first. */
  history(rows?: number): View;
  /** How often the strategy of the pair's threshold would have traded on the bars in view, and what came of it. */
  strategy(): View;
  /** Adds a rule, or changes the one of its name, and shows what it would have done on the bars in view. */
  set(rule: AlertRule): View;
  /** One rule with several thresholds on the bars in view. */
  compare(name: string, fire: readonly number[]): View;
  remove(name: string): void;
  rules(): readonly AlertRule[];
  status(): readonly AlertStatus[];
}

/** Judges alert rules on the bars that a pair's panels show. */
export function pairAlerts(pair: PairWatch, settings: PairAlertSettings = {}): PairAlerts {
  requireFields("pairAlerts", "pair", pair, ["settings"]);
  const { y, x, threshold, source } = pair.settings;
  const where = "pairAlerts";
  requireSettings(where, settings, ["rules", "own", "costs"]);
  const { own = [], costs = { feeBps: 10 } } = settings;
  const reader = sharedReader(where, source);
  const log = alertLog();
  const acts = alertActs(source);
  const desk: AlertDesk = alertDesk({ acts, log, judged: () => judge.look() });
  const hear = (event: HeardEvent): void => {
    log.hear(event);
    desk.hear(event);
  };
  const judge = pairJudge(pair, reader, { ...log, hear }, acts);
  const trial = ruleTrial(pair, reader, judge.alertsFor);
  const withOwn = (given: readonly AlertRule[]): AlertRule[] => {
    const others = checkRules(given, { where }).rules.filter(
      ({ name }) => !own.some((rule) => rule.name === name),
    );
    return [...checkRules([...others, ...own], { where }).rules];
  };
  let { window } = pair.frame();
  let rules = withOwn(settings.rules ?? reachableDefaults(pair.settings, window));
  judge.use(rules);
  const removed = new Set<string>();
  /** What has closed is judged; where the window of the pair is another now, the rules that come with Tickbook are, too. */
  const look = (): ReturnType<typeof judge.look> => {
    const now = pair.frame();
    if (settings.rules === undefined && now.window !== window) {
      window = now.window;
      rules = withOwn(reachableDefaults(pair.settings, window).filter(({ name }) => !removed.has(name)));
      judge.use(rules);
    }
    acts.look();
    const judged = judge.look();
    desk.tell(Math.max(now.newestUs.y, now.newestUs.x));
    return judged;
  };

  /** Takes a rule out of all that is kept of rules. */
  const without = (name: string): void => {
    rules = rules.filter((rule) => rule.name !== name);
    removed.add(name);
    own.splice(0, own.length, ...own.filter((rule) => rule.name !== name));
    log.forget(name);
  };
  const alerts: PairAlerts = {
    table: () => {
      const now = look();
      if (now === undefined) {
        const { measured, venue } = pair.frame();
        return waitingView("Alerts", measured.of, measured.bars, { venue, height: 60 });
      }
      const status = now.status();
      const nowUs = now.doneUs() ?? Number.NaN;
      const firing = status.filter(({ state }) => state.state === "firing").length;
      const caption = firing === 0 ? "Alerts: none firing" : `Alerts: ${firing} of ${status.length} firing`;
      return tableView(
        { ...alertsTable(status, nowUs, { trail: log.trail, acts, asks: desk.asks }), caption },
        { maxRows: 60 },
      );
    },
    history: (rows = 20) => {
      look();
      return tableView(log.table(rows), { maxRows: rows });
    },
    bandsOn: (measure) => {
      look();
      return spansOn(measure, pair, log);
    },
    strategy: () => strategyTiles(pair.frame(), { threshold, costs, y }),
    set: (rule) => {
      const [checked] = checkRules([rule], { where: "rule", symbols: [y, x] }).rules as [AlertRule];
      const scores = trial.scores(checked);
      const what = rules.some(({ name }) => name === checked.name) ? "changed" : "added";
      without(checked.name);
      rules.push(checked);
      own.push(checked);
      judge.use(rules, checked);
      return toldView(`"${checked.name}" is ${what}. ${trialSentence(scores)}`, scoreTable(scores));
    },
    compare: (name, fire) => {
      const rule = rules.find((one) => one.name === name);
      if (rule !== undefined) return tableView(trial.compared(rule, fire));
      return toldView(`No rule is named "${name}". There are: ${rules.map((one) => one.name).join(", ")}.`);
    },
    remove: (name) => {
      without(name);
      judge.use(rules);
    },
    rules: () => rules,
    status: () => look()?.status() ?? [],
  };
  return dated(alerts, ["table", "history", "strategy"], pair.frame);
}

/** Times in which alerts on a measure of this pair fired, from where its line begins: some alerts look further back. */
function spansOn(measure: BandMeasure, pair: PairWatch, log: AlertLog): AlertSpan[] {
  const { intervalUs } = pair.settings;
  const frame = pair.frame();
  const line = { spread: frame.spread, zScore: frame.zScore, correlation: frame.correlation }[measure];
  const fromUs = frame.timeUs[line.findIndex((value) => !Number.isNaN(value))] ?? Number.POSITIVE_INFINITY;
  const isShown = (alert: Alert): boolean =>
    alert.intervalUs === intervalUs &&
    alert.conditions.some(({ of, within }) => of.measure === measure && within === 1);
  // a bar is drawn at its start
  return log
    .spans(isShown)
    .map((span) => ({ ...span, fromUs: span.fromUs - intervalUs, toUs: span.toUs - intervalUs }))
    .filter(({ toUs }) => !(toUs < fromUs));
}

/** The rules that come with Tickbook, |z| at the threshold of the chart; without those that a short window never reaches. */
function reachableDefaults(
  { y, x, interval, threshold }: PairWatch["settings"],
  window: number,
): AlertRule[] {
  return defaultRules({ pair: [y, x], interval, window })
    .map((rule) => {
      if (rule.measure !== "zScore") return rule;
      return { ...rule, fire: threshold, ...(rule.resolve !== undefined && { resolve: threshold / 2 }) };
    })
    .filter((rule) => ruleFaults([rule]).length === 0);
}
