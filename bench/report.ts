/**
 * The report of a backtest of 10,000 bars, from bars in memory to its page: `node bench/report.ts`.
 *
 * Bars are those of the seeded market, 5 s each, so the time to read or simulate them is not counted. Ends with 1 where
 * the page takes a second or 3 MB.
 */
import { meanReversion } from "../src/analytics/backtest/strategies/mean-reversion.ts";
import { backtestData } from "../src/app/study/data.ts";
import { codeFingerprint } from "../src/app/study/report/code-fingerprint.ts";
import { DEFAULT_RUN } from "../src/app/study/report/flags.ts";
import { reportHtml } from "../src/app/study/report/page.ts";
import { backtestReport } from "../src/app/study/report/report.ts";
import { sealPage } from "../src/app/study/report/seal.ts";
import { runOn } from "../src/app/study/run.ts";
import { calibratedReversion, type OpenReversion } from "../src/app/study/verdict/calibrated.ts";

const BARS = 10_000;
const TIMES = 5;

const { strategy, costs } = DEFAULT_RUN;
const data = backtestData({ source: "sim:7", y: "ETHUSDT", x: "BTCUSDT", bars: BARS });

function make(): number {
  const rule = meanReversion(calibratedReversion(data.market, strategy.settings as unknown as OpenReversion));
  const run = runOn(data, rule, { costs }, true);
  const settings = { madeUs: 0, code: codeFingerprint(), command: "npm run report" };
  return Buffer.byteLength(sealPage(reportHtml(backtestReport(run, settings))));
}

function timed(): { readonly ms: number; readonly bytes: number } {
  const from = performance.now();
  const bytes = make();
  return { ms: performance.now() - from, bytes };
}

const first = timed();
const later = Array.from({ length: TIMES }, timed);
const best = Math.min(...later.map(({ ms }) => ms));
console.log(
  `report of ${BARS.toLocaleString("en")} bars: ${first.ms.toFixed(0)} ms the first time, ${best.toFixed(0)} ms after (best of ${TIMES}); ${(first.bytes / 1e6).toFixed(2)} MB`,
);
if (first.ms >= 1000 || first.bytes >= 3e6) process.exitCode = 1;
