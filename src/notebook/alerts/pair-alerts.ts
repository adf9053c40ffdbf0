import { type Alert, alertsOf } from "../../analytics/alerts/alerts.ts";
import { compareThresholds } from "../../analytics/alerts/compare-thresholds.ts";
import { MEASURES } from "../../analytics/alerts/measures/measures.ts";
import { checkRules, ruleFaults } from "../../analytics/alerts/rules/check-rules.ts";
import { withConditions } from "../../analytics/alerts/rules/conditions.ts";
import { defaultRules } from "../../analytics/alerts/rules/defaults.ts";
import type { AlertRule } from "../../analytics/alerts/rules/rule.ts";
import { type AlertScore, scoreAlerts, scoreTable } from "../../analytics/alerts/score.ts";
import {
  type AlertEvaluator,
  type AlertStatus,
  alertEvaluator,
  type EvaluatorMemory,
} from "../../analytics/alerts/values/evaluator.ts";
import { pairMarket } from "../../analytics/backtest/pair-market.ts";
import { runBacktest } from "../../analytics/backtest/run-backtest.ts";
import { meanReversion } from "../../analytics/backtest/strategies/mean-reversion.ts";
import { zUnitCount } from "../../analytics/backtest/strategies/z-unit-count.ts";
import type { Costs } from "../../analytics/backtest/types.ts";
import { type AlertFeed, alertFeed } from "../../app/alerts/feed.ts";
import { venueSeries } from "../../app/alerts/venues.ts";
import { systemClock } from "../../app/clock.ts";
import { requireSettings } from "../../app/data/data-source.ts";
import { spanText } from "../../app/doctor/words.ts";
import type { PairFrame } from "../../app/pair-monitor.ts";
import { assetsOf } from "../../core/assets.ts";
import { type Bars, sliceBars } from "../../core/bars.ts";
import { parseDuration } from "../../core/time.ts";
import { readBars } from "../../pipeline/bars/read-bars.ts";
import { waitingView } from "../../render/chart/base/waiting.ts";
import { type AlertSpan, alertLayers } from "../../render/chart/pair/alert-marks.ts";
import { tableView } from "../../render/table.ts";
import { tiles } from "../../render/tiles.ts";
import type { View } from "../../render/view.ts";
import { sharedReader } from "../data/shared-reader.ts";
import type { PairWatch } from "../pair/pair-watch.ts";
import { toldView } from "../view/sentence.ts";
import { type AlertLog, alertLog } from "./alert-log.ts";
import { alertsTable } from "./alert-table.ts";

export interface PairAlertSettings {
  /** Those that come with Tickbook unless told: on this pair and its symbols, with its bars and window. */
  readonly rules?: readonly AlertRule[];
  /** Rules besides those. `set` keeps its rules here, `remove` takes them out: they outlive the panels that they were set on. */
  readonly own?: AlertRule[];
  /** What trading costs in the strategy that is shown beside the alerts; a fee of 10 bps unless told. */
  readonly costs?: Partial<Costs>;
}

/** Alerts on a pair that is watched. Each call judges what has closed since the last one and draws the present state. */
export interface PairAlerts {
  /** Firing ones first: state, since when, value, threshold, the last values. */
  table(): View;
  /** What was told, newest first. */
  history(rows?: number): View;
  /** The pair's charts, with a band and marks where the alerts on their value fired. */
  spread(): View;
  zscore(): View;
  correlation(): View;
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

/** A store whose newest trade came longer ago than this is a recording. */
const RECORDED_US = 600_000_000;

/** Judges alert rules on the bars that a pair's panels show. */
export function pairAlerts(pair: PairWatch, settings: PairAlertSettings = {}): PairAlerts {
  const { y, x, interval, intervalUs, window, graceMs, threshold, source } = pair.settings;
  requireSettings("pairAlerts", settings, ["rules", "own", "costs"]);
  const { own = [], costs = { feeBps: 10 } } = settings;
  const reader = sharedReader("pairAlerts", source);
  const symbols = [y, x];
  const where = "pairAlerts";
  const given = checkRules(settings.rules ?? reachableDefaults(pair.settings), { where });
  let rules = [...given.rules.filter(({ name }) => !own.some((rule) => rule.name === name)), ...own];
  checkRules(rules, { where });
  const log: AlertLog = alertLog();
  let evaluator: AlertEvaluator | undefined;
  let feed: AlertFeed | undefined;

  const alertsFor = (some: readonly AlertRule[]): Alert[] =>
    alertsOf(some, { venue: pair.frame().venue.name, symbols });

  /** Nothing is judged before the pair has its hedge ratio: alerts and charts use the same one. */
  const begin = ({ hedge, venue, closed, newestUs }: PairFrame, memory?: EvaluatorMemory): void => {
    if (hedge === undefined) return;
    evaluator = alertEvaluator(alertsFor(rules), { judged: log.judged(alertsFor(rules)) });
    if (memory !== undefined) evaluator.remember(memory);
    evaluator.freeze([y, x], hedge);
    const series = venueSeries(reader, venue.name);
    // from the first bar in view on
    const firstUs = Math.min(closed.y.startUs[0]!, closed.x.startUs[0]!);
    const backUs = Math.max(newestUs.y, newestUs.x) - 1000 * graceMs - firstUs;
    feed = alertFeed({
      reader,
      series,
      evaluator,
      graceUs: 1000 * graceMs,
      catchUpUs: backUs + 60e6,
      backUs,
    });
  };
  const look = (): AlertEvaluator | undefined => {
    const now = pair.frame();
    if (feed === undefined) begin(now);
    feed?.poll(isWritten(now) ? systemClock.nowUs() : Number.NEGATIVE_INFINITY, log.hear);
    return evaluator;
  };
  /** A store that nobody writes to is looked at as it was at its newest trade. */
  const isWritten = ({ venue }: PairFrame): boolean =>
    venueSeries(reader, venue.name).some(
      (series) => (reader.newest(series)?.receivedUs ?? 0) > systemClock.nowUs() - RECORDED_US,
    );
  const waits = (title: string): View => {
    const { timeUs, venue } = pair.frame();
    return waitingView(title, pair.settings.calibrationBars, timeUs.length, { venue, height: 60 });
  };

  /** Times in which alerts on a measure of this pair fired, from where its line begins: alerts look further back. */
  const spans = (measure: "spread" | "zScore" | "correlation", frame: PairFrame): AlertSpan[] => {
    const line = { spread: frame.spread, zScore: frame.zscore, correlation: frame.correlation }[measure];
    const fromUs = frame.timeUs[line.findIndex((value) => !Number.isNaN(value))] ?? Number.POSITIVE_INFINITY;
    const isShown = (alert: Alert): boolean =>
      alert.intervalUs === intervalUs &&
      alert.conditions.some(({ of, within }) => of.measure === measure && within === 1);
    // a bar is drawn at its start
    return log
      .spans(isShown)
      .map((span) => ({ ...span, fromUs: span.fromUs - intervalUs, toUs: span.toUs - intervalUs }))
      .filter(({ toUs }) => !(toUs < fromUs));
  };
  const marked = (measure: Parameters<typeof spans>[0]): { layers: ReturnType<typeof alertLayers> } => {
    look();
    return { layers: alertLayers(spans(measure, pair.frame())) };
  };
  const scored = (rule: AlertRule): AlertScore[] => scoreAlerts(alertsFor([onHedge(rule)]), barsFor(rule));
  /** A rule on the hedge ratio of the charts, where it would freeze one of its own. */
  const onHedge = (rule: AlertRule): AlertRule => {
    const { hedge } = pair.frame();
    if (hedge === undefined || rule.pair?.[0] !== y || rule.pair[1] !== x) return rule;
    return withConditions(rule, (one) => {
      const { hedgeBars, ...rest } = one;
      const freezes = (one.hedge ?? "frozen") === "frozen" && one.prices !== "raw";
      if (!freezes || MEASURES[one.measure].from !== "spread") return one;
      return { ...rest, hedge: "fixed", alpha: hedge.alpha, beta: hedge.beta };
    });
  };
  /** The bars in view; of another length, as many as lie in the same time. */
  const barsFor = (rule: AlertRule): Bars[] => {
    const { closed, venue, newestUs } = pair.frame();
    if (rule.interval === interval) return [closed.y, closed.x];
    const series = venueSeries(reader, venue.name).filter(({ symbol }) => symbols.includes(symbol));
    const every = parseDuration(rule.interval);
    const fromUs = Math.floor((closed.y.startUs[0] ?? 0) / every) * every;
    return readBars(reader, series, { every: [rule.interval], fromUs }).map(([bars]) =>
      sliceBars(bars!, 0, bars!.endUs.filter((endUs) => endUs <= Math.max(newestUs.y, newestUs.x)).length),
    );
  };

  return {
    table: () => {
      const now = look();
      if (now === undefined) return waits("Alerts");
      const status = now.status();
      const nowUs = now.doneUs() ?? Number.NaN;
      const firing = status.filter(({ state }) => state.state === "firing").length;
      const caption = firing === 0 ? "Alerts: none fires" : `Alerts: ${firing} of ${status.length} fire`;
      return tableView({ ...alertsTable(status, nowUs, log.trail), caption }, { maxRows: 60 });
    },
    history: (rows = 20) => {
      look();
      return tableView(log.table(rows), { maxRows: rows });
    },
    spread: () => pair.spread(marked("spread")),
    zscore: () => pair.zscore(marked("zScore")),
    correlation: () => pair.correlation(marked("correlation")),
    strategy: () => strategyTiles(pair.frame(), { window, threshold, costs, y }),
    set: (rule) => {
      const [checked] = checkRules([rule], { where: "rule", symbols }).rules as [AlertRule];
      const scores = scored(checked);
      const before = rules.length;
      rules = rules.filter(({ name }) => name !== checked.name);
      const what = rules.length < before ? "changed" : "added";
      rules.push(checked);
      own.splice(0, own.length, ...own.filter(({ name }) => name !== checked.name), checked);
      log.forget(checked.name);
      const memory = evaluator?.memory();
      // the new one is judged from the first bar in view on, the others go on
      begin(pair.frame(), memory && withReplayed(memory, checked));
      const sentence = `"${checked.name}" is ${what}. ${scoreSentence(scores)}`;
      return toldView(sentence, scoreTable(scores));
    },
    compare: (name, fire) => {
      const rule = rules.find((one) => one.name === name);
      if (rule === undefined)
        return toldView(`No rule is named "${name}". There are: ${rules.map((one) => one.name).join(", ")}.`);
      return tableView(compareThresholds(onHedge(rule), barsFor(rule), { fire }).table);
    },
    remove: (name) => {
      rules = rules.filter((rule) => rule.name !== name);
      own.splice(0, own.length, ...own.filter((rule) => rule.name !== name));
      log.forget(name);
      if (rules.length > 0) begin(pair.frame(), evaluator?.memory());
    },
    rules: () => rules,
    status: () => look()?.status() ?? [],
  };

  /** A memory in which a rule's alerts stand as they would, had they been judged on the bars in view. */
  function withReplayed(memory: EvaluatorMemory, rule: AlertRule): EvaluatorMemory {
    const own = alertsFor([rule]);
    const { closed, hedge } = pair.frame();
    const alone = alertEvaluator(own, { judged: log.judged(own) });
    if (hedge !== undefined) alone.freeze([y, x], hedge);
    const all = [closed.y, closed.x];
    const untilUs = memory.doneUs[intervalUs];
    if (untilUs === undefined || own.some((alert) => alert.intervalUs !== intervalUs)) return memory;
    alone.begin(Math.min(...all.map(({ startUs }) => startUs[0] ?? untilUs)));
    alone.advance((lane) => all.find(({ symbol }) => symbol === lane.symbol)!, untilUs, log.hear);
    return { ...memory, states: { ...memory.states, ...alone.memory().states } };
  }
}

/** The rules that come with Tickbook, |z| at the threshold of the chart; without those that a short window never reaches. */
function reachableDefaults({ y, x, interval, window, threshold }: PairWatch["settings"]): AlertRule[] {
  return defaultRules({ pair: [y, x], interval, window })
    .map((rule) => {
      if (rule.measure !== "zScore") return rule;
      return { ...rule, fire: threshold, ...(rule.resolve !== undefined && { resolve: threshold / 2 }) };
    })
    .filter((rule) => ruleFaults([rule]).length === 0);
}

function scoreSentence(scores: readonly AlertScore[]): string {
  const firings = scores.reduce((sum, one) => sum + one.firings, 0);
  const bars = scores[0]?.timeUs.length ?? 0;
  const span = spanText(bars * (scores[0]?.alert.intervalUs ?? 0));
  const outcomes = scores.flatMap(({ outcomes: own }) => own);
  const known = outcomes.filter(({ isHit }) => isHit !== undefined);
  const back = known.filter(({ isHit }) => isHit).length;
  const horizon = scores[0]?.horizonBars ?? 0;
  const rest =
    firings === 0
      ? ""
      : known.length === 0
        ? ` What came of it is known ${horizon} bars later.`
        : ` ${back} of the ${known.length} that are ${horizon} bars old came back within them.`;
  return `On the ${bars} bars in view (${span}) it would have fired ${firings === 1 ? "once" : `${firings} times`}.${rest}`;
}

function strategyTiles(
  { closed, zscore, hedge, venue, newestUs }: PairFrame,
  { window, threshold, costs, y }: { window: number; threshold: number; costs: Partial<Costs>; y: string },
): View {
  const count = zUnitCount(zscore, { entry: threshold, exit: 0 });
  const isReady = hedge !== undefined && Math.min(closed.y.length, closed.x.length) > window + 1;
  const money = isReady
    ? runBacktest(
        pairMarket(closed.y, closed.x),
        meanReversion({
          hedge: { method: "fixed", beta: hedge.beta },
          ...{ window, entry: threshold, exit: 0, size: { by: "notional", notional: 10_000 } },
        }),
        { costs },
      )
    : undefined;
  const end = money?.equity.at(-1) ?? Number.NaN;
  const profit = money === undefined ? Number.NaN : end - money.startCash;
  const { quote } = assetsOf(y);
  const signed = (value: number, digits: number): string | number =>
    Number.isNaN(value) ? value : `${value > 0 ? "+" : ""}${value.toFixed(digits).replace("-", "−")}`;
  return tiles(
    [
      { label: "trades", value: count.trades, note: `|z| from ${threshold} back to 0, in view` },
      { label: "profit", value: signed(count.profit, 2), unit: "deviations", note: "no prices, no costs" },
      {
        label: "after costs",
        value: signed(profit, 2),
        unit: quote,
        tone: Number.isNaN(profit) ? "none" : profit >= 0 ? "good" : "bad",
        note:
          Number.isNaN(newestUs.y) || money === undefined
            ? "waits for bars"
            : `${money.roundTrips.length} round trips of 10,000, next open`,
      },
    ],
    { venue },
  );
}
