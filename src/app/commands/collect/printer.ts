import { systemClock } from "../../clock.ts";
import { logFile } from "../../collector/collect.ts";
import type { CollectorStatus } from "../../collector/collector.ts";
import { statusEntry } from "../../collector/news/status-entry.ts";
import { type Log, logLine } from "../../terminal/log.ts";
import { type StatusFacts, statusText } from "../../terminal/status-text.ts";
import { steadyOutput } from "../../terminal/steady-output.ts";

/** Where a collector's words go: sentences to a terminal, else lines of JSON; and always to the log beside the database. */
export interface Printer {
  readonly log: Log;
  status(status: CollectorStatus): void;
  close(): void;
}

/** `quiet`: warnings and errors only, and no status. */
export function openPrinter(db: string, isQuiet: boolean): Printer {
  const terminal = process.stdout.isTTY === true;
  const leftOut = (message: string): string =>
    logLine(systemClock.nowUs(), { level: "warn", event: "left-out", message });
  const output = steadyOutput((texts) => {
    const message = `${texts} lines were left out here, as they could not be written or nobody read them`;
    return terminal ? `\r\x1b[K${message}\n` : `${leftOut(message)}\n`;
  });
  const toFile = logFile(db, "collector.log", (lines) =>
    leftOut(`${lines} lines were left out here, as this file could not be written`),
  );
  return {
    log: (entry) => {
      const line = logLine(systemClock.nowUs(), entry);
      toFile(line);
      if (isQuiet && entry.level === "info") return;
      if (!terminal) output.write(`${line}\n`);
      else if (entry.message !== undefined) output.write(`\r\x1b[K${entry.message}\n`);
    },
    status: (status) => {
      if (isQuiet) return;
      if (terminal) output.write(`\r\x1b[K${statusLine(status)}`);
      else output.write(`${logLine(systemClock.nowUs(), statusEntry(status))}\n`);
    },
    close: () => output.close(),
  };
}

function statusLine(status: CollectorStatus): string {
  const line = statusText(statusEntry(status) as unknown as StatusFacts);
  const width = (process.stdout.columns ?? 120) - 1;
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}
