import { createHash } from "node:crypto";
import { join } from "node:path";
import type { PairFrame, PairMonitor } from "../../app/pair/pair-monitor.ts";
import { reportHtml } from "../../app/study/report/page.ts";
import type { Bars } from "../../core/bars.ts";
import { formatDuration, formatUtc } from "../../core/time.ts";
import { csvText } from "../../render/csv.ts";
import type { Report } from "../../render/report.ts";
import type { TableData } from "../../render/table-data.ts";
import type { View } from "../../render/view.ts";
import { type Exported, saveTable, writeExport } from "../show/exported.ts";

/** `exports/ETHUSDT-BTCUSDT-1s-20240808T235415Z.csv`, beside the notebook; the time is that of the newest bar. */
export function exportPath(
  { y, x, interval }: PairMonitor["settings"],
  now: PairFrame,
  extension: string,
): string {
  const newest =
    now.timeUs.length === 0
      ? "empty"
      : formatUtc(now.timeUs[now.timeUs.length - 1]!).replace(/[-:]|\.\d+/g, "");
  // a symbol may hold any letter: a file name takes plain ones
  const name = [y, x, interval, newest].map((part) => part.replace(/[^\w.]/g, "_")).join("-");
  return join("exports", `${name}.${extension}`);
}

export async function exportTable(path: string, table: TableData, now: PairFrame): Promise<Exported> {
  return saveTable(path, table, now.venue);
}

/** One page with every panel, which opens offline with its charts alive. */
export async function exportPage(
  path: string,
  { y, x, interval }: PairMonitor["settings"],
  now: PairFrame,
  panels: readonly { readonly heading: string; readonly views: readonly View[] }[],
  table: TableData,
): Promise<Exported> {
  const nowUs = Date.now() * 1000;
  const report: Report = {
    title: `${y} against ${x}, ${interval} bars`,
    subtitle: spanText(now),
    venue: now.venue,
    coverage: [now.closed.y, now.closed.x].map(coverageText).filter(Boolean).join(" "),
    sections: [...panels, { heading: "Bars in view", tables: [table] }],
    generatedUs: nowUs,
    provenance: {
      venue: `${now.venue.name} (${now.venue.detail})`,
      parameters: `y ${y}, x ${x}, interval ${interval}, window ${now.window}, calibration ${now.hedge?.bars ?? 0} bars`,
      "hedge ratio":
        now.hedge === undefined
          ? "not fitted yet"
          : `β ${now.hedge.beta}, α ${now.hedge.alpha}, fitted on log prices${now.hedge.standIn === undefined ? "" : ` of ${now.hedge.standIn}`} from ${formatUtc(now.hedge.fromUs)} to ${formatUtc(now.hedge.toUs)}`,
      "SHA-256 of the bars as CSV": createHash("sha256")
        .update(csvText(table, { venue: now.venue }))
        .digest("hex"),
    },
  };
  return writeExport(path, reportHtml(report));
}

function spanText({ timeUs, closed }: PairFrame): string {
  if (timeUs.length === 0) return "no bars yet";
  const { intervalUs } = closed.y;
  return `${timeUs.length} bars of ${formatDuration(intervalUs)}, ${formatUtc(timeUs[0]!)} to ${formatUtc(timeUs[timeUs.length - 1]! + intervalUs)}`;
}

function coverageText(bars: Bars): string {
  if (bars.length === 0) return "";
  const stored = bars.tradeCount.reduce((sum, count) => sum + count, 0);
  const ids = bars.lastId[bars.length - 1]! - bars.firstId[0]! + 1;
  const share = stored === ids ? "100 %" : `${((100 * stored) / ids).toFixed(4)} %`;
  return `${bars.symbol}: ${stored} of ${ids} trades in view are stored (${share}).`;
}
