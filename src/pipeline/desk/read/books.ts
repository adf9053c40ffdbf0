import type { ToldConflict, ToldHole, ToldTrouble } from "../../store/read/book-reader.ts";
import type { Table } from "../native/decode.ts";

/** What a collector's book says of a series, as the server has it. */
export interface Book {
  readonly venue: string;
  readonly symbol: string;
  readonly collector: string;
  readonly place: number;
  readonly holes: readonly ToldHole[];
  readonly conflicts: readonly ToldConflict[];
  readonly troubles: readonly ToldTrouble[];
  readonly merged: string;
  readonly held: number;
  readonly newestId: number;
  /** When the relay spoke, by its own clock and by the server's; and the server's clock now. */
  readonly relayUs: number;
  readonly serverUs: number;
  readonly nowUs: number;
  /** Another text whenever what it says is something else. */
  readonly mark: string;
}

export function bookQuery(): string {
  const numbers = ["place", "held", "newest_id", "relay_us", "server_us"];
  return (
    "SELECT CAST(venue AS String) AS venue_, CAST(symbol AS String) AS symbol_, CAST(collector AS String) AS collector_, holes, conflicts, troubles, " +
    `merged, bars, ${numbers.map((name) => `toFloat64(${name}) AS ${name}_`).join(", ")}, ` +
    "toFloat64(toUnixTimestamp64Micro(now64(6))) AS now_ FROM books FINAL ORDER BY collector, venue, symbol FORMAT Native"
  );
}

export function booksOf({ rows, columns }: Table): Book[] {
  const text = (name: string, i: number): string => (columns[name] as string[])[i]!;
  const number = (name: string, i: number): number => (columns[name] as Float64Array)[i]!;
  return Array.from({ length: rows }, (_, i) => {
    const [holes, conflicts, troubles] = ["holes", "conflicts", "troubles"].map((name) => text(name, i));
    return {
      venue: text("venue_", i),
      symbol: text("symbol_", i),
      collector: text("collector_", i),
      place: number("place_", i),
      holes: JSON.parse(holes!) as ToldHole[],
      conflicts: JSON.parse(conflicts!) as ToldConflict[],
      troubles: JSON.parse(troubles!) as ToldTrouble[],
      merged: text("merged", i),
      held: number("held_", i),
      newestId: number("newest_id_", i),
      relayUs: number("relay_us_", i),
      serverUs: number("server_us_", i),
      nowUs: number("now_", i),
      mark: [holes, conflicts, troubles, text("merged", i), text("bars", i)].join("|"),
    };
  });
}
