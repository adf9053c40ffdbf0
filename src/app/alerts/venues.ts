import { quote, refuse } from "../../core/errors.ts";
import type { Series, StoreReader } from "../../pipeline/store/read/reader.ts";

const DAY_US = 86_400_000_000;

/** The series of one venue: of the one that is named, or of the one that received a trade last. */
export function venueSeries(reader: StoreReader, venue: string | undefined): Series[] {
  const all = reader.series();
  const of = (name: string): Series[] => all.filter((series) => series.venue.name === name);
  if (venue !== undefined && of(venue).length > 0) return of(venue);
  if (venue !== undefined) {
    const there = [...new Set(all.map((series) => series.venue.name))].join(", ");
    return refuse({
      code: "unknown-venue",
      where: reader.path,
      problem: `needs a venue of the database, which holds ${there || "none yet"}; got ${quote(venue)}`,
      hint: "Pass one of those, or leave --venue out.",
      facts: { venue },
    });
  }
  let best: string | undefined;
  let newest = Number.NEGATIVE_INFINITY;
  for (const series of all) {
    const receivedUs = reader.newest(series)?.receivedUs ?? 0;
    if (receivedUs >= newest) [best, newest] = [series.venue.name, receivedUs];
  }
  return best === undefined ? [] : of(best);
}

/** The symbols that are collected now: those with a trade within a day of the venue's newest one, or with none yet. */
export function activeSymbols(reader: StoreReader, series: readonly Series[]): string[] {
  const times = series.map((one) => reader.newest(one)?.timeUs ?? Number.NaN);
  const newest = Math.max(...times.filter((time) => !Number.isNaN(time)));
  return series.filter((_, i) => !(times[i]! < newest - DAY_US)).map(({ symbol }) => symbol);
}
