import { csvText } from "../../../render/csv.ts";
import { flagText, shellText } from "../../terminal/typed.ts";
import type { BacktestRun } from "../run.ts";
import { equityTable, fillsTable, roundTripsTable } from "../tables.ts";
import { codeFingerprint } from "./code-fingerprint.ts";
import { flagsOf } from "./flags.ts";
import { reportHtml, writeWhole } from "./page.ts";
import { backtestReport } from "./report.ts";
import { sealPage } from "./seal.ts";

export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  /** Of a table. */
  readonly rows?: number;
}

/** Writes a report as one HTML file, and its round trips, fills and equity as CSV beside it: each whole, or not at all. */
export async function writeBacktestReport(
  run: BacktestRun,
  path: string,
  madeUs: number,
): Promise<WrittenFile[]> {
  const page = sealPage(
    reportHtml(backtestReport(run, { madeUs, code: codeFingerprint(), command: commandOf(run, path) })),
  );
  const front = path.replace(/\.html$/i, "");
  const tables = { trades: roundTripsTable(run), fills: fillsTable(run), equity: equityTable(run) };
  const files = [
    { path, text: page },
    ...Object.entries(tables).map(([name, table]) => ({
      path: `${front}.${name}.csv`,
      text: csvText(table, { venue: run.data.venue }),
      rows: table.length,
    })),
  ];
  const written: WrittenFile[] = [];
  for (const { text, ...file } of files) {
    const bytes = Buffer.from(text);
    await writeWhole(file.path, bytes);
    written.push({ ...file, bytes: bytes.length });
  }
  return written;
}

/** What is typed to make a run again: its flags, or the report itself where flags can't say it. */
export function commandOf({ description, isRepeatable }: BacktestRun, path: string): string {
  if (!isRepeatable) return "none: its rule is code of a notebook's own";
  const flags = flagsOf(description);
  const name = path.split(/[\\/]/).at(-1)!;
  return `npm run report -- ${flags === undefined ? `--config ${shellText(name)}` : flagText(flags)}`;
}
