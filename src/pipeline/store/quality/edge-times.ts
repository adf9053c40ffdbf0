import type Database from "better-sqlite3";

/** A trade next to some id, in the database or in its archive. */
export interface EdgeTrade {
  readonly id: number;
  readonly timeUs: number;
}

/** The times of trades at the edges of what is held; of archived ones by the database's own list, without a look into a file. */
export interface EdgeTimes {
  /** The first trade above an id. */
  after(symbolId: number, id: number): EdgeTrade | undefined;
  /** The last trade below an id. */
  before(symbolId: number, id: number): EdgeTrade | undefined;
}

export function edgeTimes(db: Database.Database): EdgeTimes {
  const stored = (side: string): Database.Statement<number[], EdgeTrade> =>
    db.prepare(
      `SELECT trade_id AS id, trade_time_us AS timeUs FROM trades
       WHERE symbol_id = ? AND trade_id ${side} LIMIT 1`,
    );
  const archived = (end: string, side: string): Database.Statement<number[], EdgeTrade> =>
    db.prepare(
      `SELECT i.${end}_id AS id, i.${end}_us AS timeUs
       FROM archived a JOIN archived_ids i USING (part_id)
       WHERE a.symbol_id = ? AND a.state = 'archived' AND i.${end}_id ${side} LIMIT 1`,
    );
  const above = [stored("> ? ORDER BY trade_id"), archived("first", "> ? ORDER BY i.first_id")] as const;
  const below = [
    stored("< ? ORDER BY trade_id DESC"),
    archived("last", "< ? ORDER BY i.last_id DESC"),
  ] as const;
  const nearest = (
    [inDatabase, inArchive]: typeof above,
    sign: number,
    symbolId: number,
    id: number,
  ): EdgeTrade | undefined => {
    const a = inDatabase.get(symbolId, id);
    const b = inArchive.get(symbolId, id);
    return a === undefined || (b !== undefined && sign * (b.id - a.id) < 0) ? b : a;
  };
  return {
    after: (symbolId, id) => nearest(above, 1, symbolId, id),
    before: (symbolId, id) => nearest(below, -1, symbolId, id),
  };
}
