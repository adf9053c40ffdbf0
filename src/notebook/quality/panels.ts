import type { Diagnosis } from "../../app/doctor/diagnosis.ts";
import { findingText, verdictText } from "../../app/doctor/text.ts";
import { bytesText, percentText, spanText } from "../../app/doctor/words.ts";
import type { TradeFacts } from "../../pipeline/store/quality/quality-types.ts";
import { escapeHtml } from "../../render/escape.ts";
import type { CellKind } from "../../render/table-cells.ts";
import type { TableData } from "../../render/table-data.ts";
import type { Tile } from "../../render/tiles.ts";
import type { HtmlView } from "../../render/view.ts";
import type { SymbolHole } from "./facts.ts";

/** A row a hole, the newest first; between the times of the trades on its two sides. */
export function holesTable(holes: readonly SymbolHole[]): TableData {
  const rows = [...holes].sort((a, b) => b.toUs - a.toUs);
  const column = (name: string, of: (hole: SymbolHole) => unknown, kind: CellKind = "text") => ({
    name,
    kind,
    values: rows.map(of),
  });
  return {
    caption: "Each hole",
    length: rows.length,
    columns: [
      column("symbol", ({ symbol }) => symbol),
      column("first id", ({ first }) => first, "integer"),
      column("last id", ({ last }) => last, "integer"),
      column("missing", ({ missingIds }) => missingIds.toLocaleString("en"), "integer"),
      column("state", ({ state }) => state),
      column("from", ({ fromUs }) => wholeSecond(fromUs), "time"),
      column("to", ({ toUs }) => wholeSecond(toUs), "time"),
      column("reason", ({ reason }) => reason),
      column("tries", ({ tries }) => tries, "integer"),
      column("note", ({ note }) => note),
    ],
  };
}

function wholeSecond(us: number): number {
  return Math.floor(us / 1e6) * 1e6;
}

/** The room that the database takes. */
export function diskTable({ disk }: Diagnosis): TableData {
  const rows = [
    ["file", bytesText(disk.fileBytes)],
    ["write-ahead log", bytesText(disk.walBytes)],
    ["a trade", Number.isFinite(disk.bytesPerTrade) ? `${Math.round(disk.bytesPerTrade)} B` : "unknown"],
    ["growth a day", bytesText(disk.growthBytesPerDay)],
    ["free", bytesText(disk.freeBytes)],
    ["full in", spanText(disk.daysUntilFull * 86_400e6)],
  ] as const;
  return {
    caption: "Disk",
    length: rows.length,
    columns: [
      { name: "what", kind: "text", values: rows.map(([name]) => name) },
      { name: "size", kind: "integer", values: rows.map(([, value]) => value) },
    ],
  };
}

/** The verdict at a glance. */
export function qualityTiles({ healthy, findings, series, disk, since, checkedUs }: Diagnosis): Tile[] {
  const read = series.flatMap(({ trades }) => trades ?? []);
  const sum = (of: (trades: TradeFacts) => number): number =>
    read.reduce((total, trades) => total + of(trades), 0);
  const share = (held: number, ids: number): string => (ids === 0 ? "–" : percentText((100 * held) / ids));
  const alarms = findings.filter(({ attention }) => attention).length;
  const newestUs = Math.max(...read.map(({ lastReceivedUs }) => lastReceivedUs));
  const missing = sum(({ coverage }) => coverage.missingIds);
  const isEmpty = healthy && sum(({ coverage }) => coverage.ids) === 0;
  return [
    {
      label: "verdict",
      value: isEmpty ? "empty" : healthy ? "healthy" : "needs attention",
      tone: isEmpty ? "warn" : healthy ? "good" : "bad",
      note: isEmpty ? "no trade is stored yet" : alarms === 0 ? "" : `${alarms} to act on`,
    },
    {
      label: "stored, all",
      value: share(
        sum((t) => t.coverage.heldIds),
        sum((t) => t.coverage.ids),
      ),
      unit: "%",
      note: `${missing.toLocaleString("en")} ids missing`,
    },
    {
      label: "stored, window",
      value: share(
        sum((t) => t.window?.heldIds ?? 0),
        sum((t) => t.window?.ids ?? 0),
      ),
      unit: "%",
      note: /^\d{4}-/.test(since) ? `since ${since}` : `last ${since}`,
    },
    {
      label: "newest trade",
      value: Number.isFinite(newestUs) ? spanText(Math.max(0, checkedUs - newestUs)) : "–",
      note: Number.isFinite(newestUs) ? "ago" : "none yet",
    },
    {
      label: "disk full in",
      value: spanText(disk.daysUntilFull * 86_400e6),
      note: Number.isFinite(disk.daysUntilFull) ? "at the last day's pace" : "no pace to go by",
    },
  ];
}

/** The findings in sentences, the verdict first. */
export function findingsView(diagnosis: Diagnosis): HtmlView {
  const verdict = verdictText(diagnosis);
  const lines = diagnosis.findings.map(findingText);
  const items = lines.map((line) => `<div style="margin:2px 0 0 12px">${escapeHtml(line)}</div>`).join("");
  const look =
    "font:13px/1.5 var(--jp-ui-font-family,system-ui,sans-serif);color:var(--jp-ui-font-color1,inherit)";
  const html = `<div style="${look}"><div style="font-weight:600">${escapeHtml(verdict)}</div>${items}</div>`;
  return { kind: "html", html, text: [verdict, ...lines].join("\n") };
}
