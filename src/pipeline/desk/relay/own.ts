import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { basename } from "node:path";
import { quote, refuse } from "../../../core/errors.ts";
import { lockDatabase } from "../../store/file/lock.ts";
import { type Published, rangesOf, readPublished, writePublished } from "../../store/file/published.ts";
import { type IdRange, type IdRanges, idRanges } from "../../store/ledger/id-ranges.ts";
import type { LedgerRow } from "../ledger/block-rows.ts";
import type { DeskAddress } from "../wire/address.ts";

/** Which ids have been counted on the server; kept beside the database, for what removes old trades there. */
export interface Counted {
  hold(row: LedgerRow): void;
  release(series: Pick<LedgerRow, "venue" | "symbol">, ids: readonly IdRange[]): void;
  /** Whether all that a row claims was counted. */
  has(row: LedgerRow): boolean;
  keep(): void;
}

export function countedBeside(db: string, published: Published): Counted {
  const all = new Map<string, Map<string, IdRanges>>();
  const idsOf = (venue: string, symbol: string): IdRanges => {
    const symbols = all.get(venue) ?? new Map<string, IdRanges>();
    all.set(venue, symbols);
    const ids = symbols.get(symbol) ?? idRanges();
    symbols.set(symbol, ids);
    return ids;
  };
  for (const [venue, symbols] of Object.entries(published.counted))
    for (const symbol of Object.keys(symbols))
      idsOf(venue, symbol).holdAll(rangesOf(published, venue, symbol));
  const pairs = (ids: IdRanges) => ids.ranges.map(({ first, last }) => [first, last] as const);
  const text = (): Published["counted"] =>
    Object.fromEntries(
      [...all].map(([venue, symbols]) => [
        venue,
        Object.fromEntries([...symbols].map(([symbol, ids]) => [symbol, pairs(ids)])),
      ]),
    );
  return {
    hold: ({ venue, symbol, ids }) => {
      idsOf(venue, symbol).holdAll(ids);
    },
    release: ({ venue, symbol }, ids) => {
      for (const { first, last } of ids) idsOf(venue, symbol).release(first, last);
    },
    has: ({ venue, symbol, ids }) => ids.every((range) => idsOf(venue, symbol).missing(range).length === 0),
    keep: () => writePublished(db, { ...published, counted: text() }),
  };
}

/** Two relays of one book would each overwrite what the other says of a block. */
export function lockRelay(db: string): () => void {
  try {
    return lockDatabase(`${db}.published`);
  } catch (error) {
    if ((error as { code?: string }).code !== "database-in-use") throw error;
    return refuse({
      code: "relay-running",
      where: db,
      problem: "needs to be published by one relay; another one is at it",
      hint: "Stop that one, or let it be.",
    });
  }
}

/** The name under which the database is published, and what was counted there. From now on nothing is removed that was not. */
export function beginPublishing(db: string, address: DeskAddress, asked: string | undefined): Published {
  const known = readPublished(db);
  const usual = `${hostname()}-${basename(db).replace(/\.(db|sqlite3?)$/i, "")}`;
  const collector = asked ?? known?.collector ?? usual;
  if (!/^[\w.-]{1,100}$/.test(collector)) {
    refuse({
      code: "bad-flag",
      where: "--collector",
      problem: `needs a name of letters, digits, ".", "-" and "_"; got ${quote(collector, 60)}`,
      hint: "Pass for example --collector tokyo-1.",
    });
  }
  const isSame = known?.to === address.label && known.collector === collector;
  const published = {
    to: address.label,
    collector,
    owner: known?.owner ?? randomUUID(),
    counted: isSame ? known.counted : {},
  };
  writePublished(db, published);
  return published;
}
