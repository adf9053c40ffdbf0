import type Database from "better-sqlite3";
import { refuse } from "../../../core/errors.ts";
import type { Venue } from "../../../core/trade.ts";
import { venueKind } from "../file/schema.ts";

export interface WriterSettings {
  readonly venue: Venue;
  readonly symbols: readonly string[];
}

/** The venue's and the symbols' rows, made where they are not there yet; their ids in the order of the settings. */
export function register(db: Database.Database, { venue, symbols }: WriterSettings): number[] {
  const isFile = venue.kind === "file";
  db.prepare(
    "INSERT INTO venues (name, kind, detail, from_file) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
  ).run(venue.name, isFile ? "real" : venue.kind, venue.detail, isFile ? 1 : 0);
  const row = db
    .prepare(`SELECT venue_id, ${venueKind(db)} AS kind FROM venues WHERE name = ?`)
    .get(venue.name) as {
    venue_id: number;
    kind: string;
  };
  if (row.kind !== venue.kind) {
    refuse({
      code: "venue-mixed",
      where: `venue ${venue.name}`,
      problem: `needs to stay the ${row.kind} market it is in this database; got a ${venue.kind} one`,
      hint: "Pass another --db.",
    });
  }
  db.prepare(
    `INSERT INTO symbols (venue_id, symbol) SELECT ?, value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING`,
  ).run(row.venue_id, JSON.stringify(symbols));
  const idOf = db.prepare("SELECT symbol_id FROM symbols WHERE venue_id = ? AND symbol = ?").pluck();
  return symbols.map((symbol) => idOf.get(row.venue_id, symbol) as number);
}
