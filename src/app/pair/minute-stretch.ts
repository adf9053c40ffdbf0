import { minuteFileTime, readMinuteFile } from "../data/minute-file.ts";
import { type JoinedCloses, joinCloses } from "./stored-stretch.ts";

export const MINUTE_US = 60_000_000;

/** Closes of one-minute klines that both symbols have; undefined where none are there. */
export type StandIn = (venue: string, y: string, x: string) => JoinedCloses | undefined;

/** Those that the collector of a database has fetched; the file is read again when it was written again. */
export function minuteStretch(db: string): StandIn {
  let readMs = Number.NaN;
  let file: ReturnType<typeof readMinuteFile>;
  const made = new Map<string, JoinedCloses>();
  return (venue, y, x) => {
    const writtenMs = minuteFileTime(db);
    if (writtenMs !== readMs) {
      readMs = writtenMs;
      file = Number.isNaN(writtenMs) ? undefined : readMinuteFile(db, venue);
      made.clear();
    }
    const [ofY, ofX] = [y, x].map((symbol) =>
      file !== undefined && Object.hasOwn(file.symbols, symbol) ? file.symbols[symbol] : undefined,
    );
    if (file?.venue !== venue || ofY === undefined || ofX === undefined) return undefined;
    const key = JSON.stringify([y, x]);
    const known = made.get(key);
    if (known !== undefined) return known;
    const [ys, xs] = [ofY, ofX].map(({ startUs, close }) => ({
      startUs: Float64Array.from(startUs),
      close: Float64Array.from(close),
    })) as [Parameters<typeof joinCloses>[0], Parameters<typeof joinCloses>[1]];
    const joined = joinCloses(ys, xs);
    made.set(key, joined);
    return joined;
  };
}
