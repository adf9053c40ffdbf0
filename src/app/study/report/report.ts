import { createHash } from "node:crypto";
import { drawdownsTable } from "../../../analytics/performance/metrics-table.ts";
import { formatDuration } from "../../../core/time.ts";
import { venueLabel } from "../../../core/trade.ts";
import type { Report, ReportSection } from "../../../render/report.ts";
import { tiles } from "../../../render/tiles.ts";
import { type BacktestCharts, backtestCharts } from "../charts.ts";
import { money, moneyOf, timeText } from "../figure-text.ts";
import { type BacktestRun, runFingerprint } from "../run.ts";
import {
  costsTable,
  coverageTable,
  decisiveTable,
  figuresTable,
  fillsTable,
  holesTable,
  keyFiguresTable,
  parametersTable,
  roundTripsTable,
} from "../tables.ts";
import { overturnTable, whatWouldOverturn } from "../verdict/overturn.ts";
import { headTiles, pairText, pairTone, ruleHeading, ruleText, stretchText } from "../verdict/verdict.ts";
import type { CodeFingerprint } from "./code-fingerprint.ts";
import { RULES } from "./rules.ts";

/** What a report carries so that it can be made again. */
export interface RunAttachment {
  readonly format: "tickbook backtest 1";
  /** Edition of the rules; absent: that of 0.1. */
  readonly rules?: number;
  readonly madeUs: number;
  /** Undefined: the rule was the caller's own. */
  readonly description?: BacktestRun["description"];
  /** SHA-256 of the description as JSON. */
  readonly descriptionPrint?: string;
  readonly dataFingerprint: string;
  readonly code: CodeFingerprint;
  readonly print: ReturnType<typeof runFingerprint>;
  /** As it was typed, or would be. */
  readonly command: string;
}

export const RUN_ELEMENT = "run";

/** Another one means that parameters were changed after the report was made. */
export function descriptionFingerprint(description: unknown): string {
  return createHash("sha256").update(JSON.stringify(description)).digest("hex");
}

export interface BacktestReportSettings {
  readonly madeUs: number;
  readonly code: CodeFingerprint;
  readonly command: string;
}

/** One backtest as a report: what it came to, on which data, at what costs, by which code, and how it is made again. */
export function backtestReport(run: BacktestRun, settings: BacktestReportSettings): Report {
  const { data, description, performance, result } = run;
  const { request, venue } = data;
  const { code, command, madeUs } = settings;
  const pair = request.x === undefined ? request.y : `${request.y} against ${request.x}`;
  const attachment: RunAttachment = {
    format: "tickbook backtest 1",
    rules: RULES,
    madeUs,
    ...(run.isRepeatable && { description, descriptionPrint: descriptionFingerprint(description) }),
    dataFingerprint: data.fingerprint,
    code,
    print: runFingerprint(run),
    command,
  };
  const isEmpty = result.fills.length === 0;
  const charts = backtestCharts(run);
  const sections: ReportSection[] = [
    ...(run.pair === undefined
      ? []
      : [{ heading: "Is it a pair?", lead: pairText(run), tone: pairTone(run), text: stretchText(run) }]),
    ruleSection(run, charts),
    ...(isEmpty
      ? []
      : [
          {
            heading: "Over time",
            views: [
              charts.months(),
              ...charts.years(),
              ...(isYearly(run) ? [charts.rolling()] : []),
              charts.returns(),
            ],
          },
          {
            heading: "Exposure and risk over time",
            isMore: true,
            views: [charts.exposure(), ...charts.rollingRisk()],
          },
        ]),
    ...(isEmpty ? [] : [overturnSection(run)]),
    { heading: "Costs", text: costsText(run), tables: [costsTable(run)] },
    {
      heading: isEmpty ? "Signal" : "Trades on the charts",
      isMore: true,
      views: [...charts.fills(), ...charts.signals(), ...charts.hedge()],
    },
    { heading: "Figures", isMore: true, tables: [figuresTable(run)] },
    ...(isEmpty
      ? []
      : [
          {
            heading: "Round trips, fills and drawdowns",
            isMore: true,
            text: "The whole lists are in the CSV files beside this report.",
            tables: [roundTripsTable(run), fillsTable(run), drawdownsTable(performance)],
          },
        ]),
    { heading: "Parameters", isMore: true, tables: [parametersTable(run)] },
    {
      heading: "Data",
      text: data.notes.join("\n\n"),
      tables: [coverageTable(data), ...(data.holes.length > 0 ? [holesTable(data)] : [])],
    },
    { heading: "How it was reckoned", isMore: true, text: METHOD },
  ];
  return {
    title: description.title ?? `Backtest: ${pair}`,
    subtitle: `${description.strategy.name} · ${barsText(run)}`,
    venue,
    coverage: coverageText(run),
    generatedUs: madeUs,
    sections,
    contentsAfter: run.pair === undefined ? 1 : 2,
    maxRows: 60,
    provenance: {
      command,
      "data, SHA-256 of its columns": data.fingerprint,
      "code, SHA-256 of the files that ran": code.sources,
      Tickbook: code.version,
      ...code.libraries,
      Node: code.node,
      "to check it": run.isRepeatable
        ? "npm run report -- --verify FILE makes it again and compares every figure and series"
        : "its rule is code of a notebook's own: no command can make it again",
    },
    attachments: { [RUN_ELEMENT]: attachment },
  };
}

/** What the rule came to: its charts with the figures that are compared first. */
function ruleSection(run: BacktestRun, charts: BacktestCharts): ReportSection {
  const { venue } = run.data;
  const isEmpty = run.result.fills.length === 0;
  return {
    heading: ruleHeading(run),
    text: ruleText(run),
    views: [
      tiles(headTiles(run), venueLabel(venue) === "" ? {} : { venue }),
      charts.equity(),
      charts.drawdown(),
      ...(isEmpty ? [] : [charts.held()]),
    ],
    ...(!isEmpty && { beside: keyFiguresTable(run, isYearly(run)), tables: [decisiveTable(run)] }),
  };
}

/** A ratio of a year says nothing of minutes. */
function isYearly({ performance }: BacktestRun): boolean {
  return !Number.isNaN(performance.cagr) || performance.years * 365 >= 30;
}

function overturnSection(run: BacktestRun): ReportSection {
  const overturn = whatWouldOverturn(run);
  const text = `${overturn.sentence}\n\nEach line is by itself, on the same bars. What survives here is not proven by it; what does not is refuted.`;
  return { heading: "What would overturn it", text, tables: [overturnTable(overturn)] };
}

const METHOD =
  "A decision is made at the close of a bar, from that bar and earlier ones. Its order is filled at the open of the first later bar in which every leg of the order traded; a price that is stale or not known never fills.\n\nHalf-spread and slippage make the price of each fill worse, the fee is on the money that changes hands, leg by leg; financing is on the value of short legs and on cash below 0. What is held is valued at the last known closes. Nothing is closed when the data end.\n\nCharts of many bars are drawn by the extremes of each stretch of them, so that no spike is lost.\n\nWhat is not in it: the depth of the book, the effect of one's own orders on prices, delays beyond the next open, margin calls, the exchange's failures. Parameters that were chosen after looking at these data make every figure here too good.";

function barsText({ data }: BacktestRun): string {
  const { market } = data;
  const bars = `${market.length.toLocaleString("en")} bars of ${formatDuration(market.intervalUs)}`;
  const { startUs, intervalUs, length } = market;
  return `${bars}, ${timeText(startUs[0]!)} to ${timeText(startUs[length - 1]! + intervalUs)}`;
}

function coverageText({ data }: BacktestRun): string {
  return data.coverage
    .map(({ symbol, bars, tradedBars, unknownBars, heldIds, missingIds }) => {
      const ids = Number.isNaN(heldIds)
        ? ""
        : missingIds === 0
          ? "all ids are stored, "
          : `${missingIds.toLocaleString("en")} of ${(heldIds + missingIds).toLocaleString("en")} ids are missing, `;
      const unknown =
        unknownBars === 0 ? "" : `, in ${unknownBars.toLocaleString("en")} the price is not known`;
      return `${symbol}: ${ids}it traded in ${tradedBars.toLocaleString("en")} of ${bars.toLocaleString("en")} bars${unknown}.`;
    })
    .join(" ");
}

function costsText({ performance, data }: BacktestRun): string {
  const { totalCosts, startEquity, endEquity } = performance;
  const before = endEquity - startEquity + totalCosts;
  return `Before costs the account would have changed by ${moneyOf(data, before)}; ${money(totalCosts)} of costs leave ${money(endEquity - startEquity)}. The same orders were taken; without costs, sizes that follow the equity would have been others.`;
}
