import { existsSync, renameSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import Database from "better-sqlite3";
import { refuse } from "../../../core/errors.ts";
import { connectReadOnly } from "../read/connect.ts";
import { refuseWithoutRoom, syncFile, usedBytes } from "./room.ts";
import { checkSchema, SCHEMA_VERSION } from "./schema.ts";
import { BARS_OF_3, VENUES_OF_4 } from "./schema-tables.ts";

/** The oldest version that there is a way back to: the one of release 0.1. */
export const OLDEST_BACK = 3;

/** What a step back can't carry, by what it asks and how it is told; and the step. */
interface StepBack {
  readonly cannotHold: readonly (readonly [count: string, what: string])[];
  readonly sql: string;
}

/** The way from a version to the one before it, by the version it leaves. */
const BACK: Readonly<Record<number, StepBack>> = {
  5: {
    cannotHold: [["SELECT count(*) FROM venues WHERE kind = 'other'", "venues of another exchange"]],
    sql: `DROP TABLE troubles; DROP TABLE origin;
ALTER TABLE venues RENAME TO venues_new; ${VENUES_OF_4}
ALTER TABLE venues ADD COLUMN from_file INTEGER NOT NULL DEFAULT 0 CHECK (from_file IN (0, 1));
INSERT INTO venues SELECT venue_id, name, kind, detail, from_file FROM venues_new; DROP TABLE venues_new;`,
  },
  4: {
    cannotHold: [
      ["SELECT count(*) FROM venues WHERE from_file = 1", "venues of files"],
      [
        "SELECT count(*) FROM imported_bars WHERE open IS NULL OR high IS NULL OR low IS NULL OR volume IS NULL",
        "imported bars without all of their prices or a volume",
      ],
    ],
    sql: `ALTER TABLE venues RENAME TO venues_new; ${VENUES_OF_4}
INSERT INTO venues SELECT venue_id, name, kind, detail FROM venues_new; DROP TABLE venues_new;
DROP TABLE import_runs;
ALTER TABLE imported_bars RENAME TO bars_new; ALTER TABLE bar_conflicts RENAME TO conflicts_new; ${BARS_OF_3}
INSERT INTO imported_bars SELECT symbol_id, interval_us, start_us, open, high, low, close, volume, quote_volume,
  trade_count, taker_buy_volume FROM bars_new;
INSERT INTO bar_conflicts SELECT * FROM conflicts_new
  WHERE open IS NOT NULL AND high IS NOT NULL AND low IS NOT NULL AND volume IS NOT NULL;
DROP TABLE bars_new; DROP TABLE conflicts_new;`,
  },
};

export interface Downgraded {
  readonly file: string;
  readonly from: number;
  readonly to: number;
  readonly trades: number;
}

/**
 * A copy of a database, all that has come since its upgrade included, which an older version of this program opens. The
 * database itself stays as it is. Refuses where something of it has no place in the older schema, and to overwrite.
 */
export function downgrade(db: string, file: string, to: number): Downgraded {
  const path = resolve(file);
  if (existsSync(path))
    refuse({
      code: "file-exists",
      where: file,
      problem: "needs a name that is free; there is a file already",
      hint: "Pass another --out, or move that file away.",
    });
  // refuses what is no database of ours
  connectReadOnly(resolve(db)).close();
  const source = new Database(resolve(db), { readonly: true, fileMustExist: true });
  const draft = `${path}.part`;
  try {
    checkSchema(source, db);
    if (!(to >= OLDEST_BACK && to < SCHEMA_VERSION))
      refuse({
        code: "schema-version",
        where: "--to",
        problem: `needs a version from ${OLDEST_BACK} to ${SCHEMA_VERSION - 1}; got ${to}`,
        hint: `Version ${OLDEST_BACK} is that of release 0.1.`,
      });
    for (let version = SCHEMA_VERSION; version > to; version--) checkHolds(source, db, version);
    refuseWithoutRoom(path, usedBytes(source), "the copy");
    rmSync(draft, { force: true });
    source.prepare("VACUUM INTO ?").run(draft);
    const trades = stepBack(draft, to);
    syncFile(draft);
    renameSync(draft, path);
    return { file, from: SCHEMA_VERSION, to, trades };
  } finally {
    source.close();
    rmSync(draft, { force: true });
  }
}

function checkHolds(source: Database.Database, db: string, version: number): void {
  for (const [count, what] of BACK[version]!.cannotHold) {
    // written for the version that it leaves; the newer ones still have these columns
    const rows = source.prepare(count).pluck().get() as number;
    if (rows === 0) continue;
    refuse({
      code: "no-way-back",
      where: db,
      problem: `needs nothing that schema version ${version - 1} has no place for; there are ${rows} ${what}`,
      hint: "Stay with this version, or go back with a copy that was made before.",
      facts: { version, rows },
    });
  }
}

function stepBack(draft: string, to: number): number {
  const copy = new Database(draft);
  try {
    copy.pragma("foreign_keys = OFF");
    copy.pragma("legacy_alter_table = ON");
    copy
      .transaction(() => {
        for (let version = SCHEMA_VERSION; version > to; version--) copy.exec(BACK[version]!.sql);
        copy.exec("DROP TABLE IF EXISTS merged_from");
        copy.pragma(`user_version = ${to}`);
      })
      .immediate();
    return copy.prepare("SELECT count(*) FROM trades").pluck().get() as number;
  } finally {
    copy.close();
  }
}
