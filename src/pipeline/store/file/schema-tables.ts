/**
 * `decimals` = (8 − decimals of the price) × 9 + (8 − decimals of the quantity): 0 for the usual eight and eight, which
 * SQLite stores without a byte. `source`: 0 ws, 1 rest, 2 import.
 */
export const TRADES: string = `
CREATE TABLE venues (
  venue_id INTEGER PRIMARY KEY,
  name     TEXT NOT NULL UNIQUE,
  kind     TEXT NOT NULL CHECK (kind IN ('real', 'simulated', 'replayed', 'other')),
  detail   TEXT NOT NULL
) STRICT;

CREATE TABLE symbols (
  symbol_id INTEGER PRIMARY KEY,
  venue_id  INTEGER NOT NULL REFERENCES venues,
  symbol    TEXT NOT NULL,
  UNIQUE (venue_id, symbol)
) STRICT;

CREATE TABLE trades (
  symbol_id      INTEGER NOT NULL REFERENCES symbols,
  trade_id       INTEGER NOT NULL,
  price_e8       INTEGER NOT NULL,
  qty_e8         INTEGER NOT NULL,
  trade_time_us  INTEGER NOT NULL,
  event_time_us  INTEGER,
  received_us    INTEGER NOT NULL,
  is_buyer_maker INTEGER NOT NULL CHECK (is_buyer_maker IN (0, 1)),
  source         INTEGER NOT NULL CHECK (source IN (0, 1, 2)),
  decimals       INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (symbol_id, trade_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE conflicts (
  conflict_id    INTEGER PRIMARY KEY,
  symbol_id      INTEGER NOT NULL REFERENCES symbols,
  trade_id       INTEGER NOT NULL,
  found_us       INTEGER NOT NULL,
  price_e8       INTEGER NOT NULL,
  qty_e8         INTEGER NOT NULL,
  trade_time_us  INTEGER NOT NULL,
  is_buyer_maker INTEGER NOT NULL,
  source         INTEGER NOT NULL
) STRICT;

CREATE VIEW v_trades AS
SELECT v.name AS venue, s.symbol, t.trade_id,
  ${decimalText("t.price_e8", "t.decimals / 9")} AS price,
  ${decimalText("t.qty_e8", "t.decimals % 9")} AS qty,
  t.trade_time_us, t.event_time_us, t.received_us, t.is_buyer_maker,
  CASE t.source WHEN 0 THEN 'ws' WHEN 1 THEN 'rest' ELSE 'import' END AS source
FROM trades t JOIN symbols s USING (symbol_id) JOIN venues v USING (venue_id);
`;

/** An index and no part of the schema's version: a database that lacks it is given it when it is opened for writing. */
export const UNFILLED_HOLES =
  "CREATE INDEX IF NOT EXISTS holes_unfilled ON holes (symbol_id, first_id) WHERE state <> 'filled';";

/**
 * The ledger: which ids are held (`ranges`), what became of those that were missed (`holes`), which ids came later than
 * their successors (`revisions`), and trades that could be had merged only (`agg_trades`: ids `first_id` to `last_id`).
 */
export const LEDGER: string = `
CREATE TABLE ranges (
  symbol_id INTEGER NOT NULL REFERENCES symbols,
  first_id  INTEGER NOT NULL,
  last_id   INTEGER NOT NULL,
  PRIMARY KEY (symbol_id, first_id),
  CHECK (last_id >= first_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE holes (
  hole_id    INTEGER PRIMARY KEY,
  symbol_id  INTEGER NOT NULL REFERENCES symbols,
  first_id   INTEGER NOT NULL,
  last_id    INTEGER NOT NULL,
  found_us   INTEGER NOT NULL,
  reason     TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('detected', 'partly filled', 'filled', 'aggregated', 'unrecoverable')),
  tries      INTEGER NOT NULL DEFAULT 0,
  note       TEXT NOT NULL DEFAULT '',
  changed_us INTEGER NOT NULL,
  CHECK (last_id >= first_id)
) STRICT;
CREATE INDEX holes_by_id ON holes (symbol_id, first_id);
${UNFILLED_HOLES}

CREATE TABLE revisions (
  revision  INTEGER PRIMARY KEY,
  symbol_id INTEGER NOT NULL REFERENCES symbols,
  first_id  INTEGER NOT NULL,
  last_id   INTEGER NOT NULL,
  at_us     INTEGER NOT NULL
) STRICT;

CREATE TABLE agg_trades (
  symbol_id      INTEGER NOT NULL REFERENCES symbols,
  agg_id         INTEGER NOT NULL,
  first_id       INTEGER NOT NULL,
  last_id        INTEGER NOT NULL,
  price_e8       INTEGER NOT NULL,
  qty_e8         INTEGER NOT NULL,
  trade_time_us  INTEGER NOT NULL,
  received_us    INTEGER NOT NULL,
  is_buyer_maker INTEGER NOT NULL CHECK (is_buyer_maker IN (0, 1)),
  decimals       INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (symbol_id, agg_id),
  CHECK (last_id >= first_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX agg_trades_by_id ON agg_trades (symbol_id, first_id);

CREATE VIEW v_agg_trades AS
SELECT v.name AS venue, s.symbol, a.agg_id, a.first_id, a.last_id, a.last_id - a.first_id + 1 AS trades,
  ${decimalText("a.price_e8", "a.decimals / 9")} AS price,
  ${decimalText("a.qty_e8", "a.decimals % 9")} AS qty,
  a.trade_time_us, a.received_us, a.is_buyer_maker
FROM agg_trades a JOIN symbols s USING (symbol_id) JOIN venues v USING (venue_id);

CREATE VIEW v_holes AS
SELECT v.name AS venue, s.symbol, h.first_id, h.last_id, h.last_id - h.first_id + 1 AS ids, h.found_us, h.reason,
  h.state, h.tries, h.note, h.changed_us
FROM holes h JOIN symbols s USING (symbol_id) JOIN venues v USING (venue_id);
`;

/**
 * `troubles`: why trades of a symbol are not stored, since when and until when, as the collector saw it last. `origin`: the
 * file that was last written, by its number in the file system, and when this copy of it was made, where it is a backup.
 */
export const TROUBLES: string = `
CREATE TABLE troubles (
  symbol_id INTEGER NOT NULL REFERENCES symbols,
  kind      TEXT NOT NULL,
  first_us  INTEGER NOT NULL,
  last_us   INTEGER NOT NULL,
  trades    INTEGER NOT NULL,
  PRIMARY KEY (symbol_id, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE origin (
  inode     TEXT NOT NULL,
  backup_us INTEGER
) STRICT;
`;

/** Bars as they came, up to version 3. */
export const BARS_OF_3: string = `
CREATE TABLE imported_bars (
  symbol_id        INTEGER NOT NULL REFERENCES symbols,
  interval_us      INTEGER NOT NULL,
  start_us         INTEGER NOT NULL,
  open             REAL NOT NULL,
  high             REAL NOT NULL,
  low              REAL NOT NULL,
  close            REAL NOT NULL,
  volume           REAL NOT NULL,
  quote_volume     REAL,
  trade_count      REAL,
  taker_buy_volume REAL,
  PRIMARY KEY (symbol_id, interval_us, start_us)
) STRICT, WITHOUT ROWID;

CREATE TABLE bar_conflicts (
  conflict_id      INTEGER PRIMARY KEY,
  symbol_id        INTEGER NOT NULL REFERENCES symbols,
  interval_us      INTEGER NOT NULL,
  start_us         INTEGER NOT NULL,
  found_us         INTEGER NOT NULL,
  open             REAL NOT NULL,
  high             REAL NOT NULL,
  low              REAL NOT NULL,
  close            REAL NOT NULL,
  volume           REAL NOT NULL,
  quote_volume     REAL,
  trade_count      REAL,
  taker_buy_volume REAL
) STRICT;
`;

/** Venues up to version 4. */
export const VENUES_OF_4: string = `CREATE TABLE venues (
  venue_id INTEGER PRIMARY KEY,
  name     TEXT NOT NULL UNIQUE,
  kind     TEXT NOT NULL CHECK (kind IN ('real', 'simulated', 'replayed')),
  detail   TEXT NOT NULL
) STRICT;`;

/**
 * `imports`: the files that were taken in, and how far. `imported_bars`: bars that came as bars, never made from trades.
 * `archived`: the Parquet files which hold trades in this database's stead, by day; `path` is relative to the database's
 * folder. Only with state `archived` are a file's trades gone from here. `archived_ids`: exactly which ones, as ranges.
 * `odd_times`: trades whose time lies a minute or more from the time at which the exchange published them and can't be
 * right; readers take the latter, `trades` keeps what came.
 */
export const FILES: string = `
CREATE TABLE odd_times (
  symbol_id INTEGER NOT NULL REFERENCES symbols,
  trade_id  INTEGER NOT NULL,
  time_us   INTEGER NOT NULL,
  PRIMARY KEY (symbol_id, trade_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER odd_time AFTER INSERT ON trades WHEN abs(NEW.trade_time_us - NEW.event_time_us) >= 60000000
BEGIN
  INSERT OR REPLACE INTO odd_times VALUES (NEW.symbol_id, NEW.trade_id, NEW.event_time_us);
END;

ALTER TABLE conflicts ADD COLUMN agg_id INTEGER;

CREATE TABLE imports (
  import_id   INTEGER PRIMARY KEY,
  symbol_id   INTEGER NOT NULL REFERENCES symbols,
  kind        TEXT NOT NULL CHECK (kind IN ('trades', 'aggTrades', 'bars')),
  file        TEXT NOT NULL,
  sha256      TEXT NOT NULL,
  rows        INTEGER NOT NULL,
  rows_done   INTEGER NOT NULL DEFAULT 0,
  stored      INTEGER NOT NULL DEFAULT 0,
  known       INTEGER NOT NULL DEFAULT 0,
  conflicts   INTEGER NOT NULL DEFAULT 0,
  started_us  INTEGER NOT NULL,
  finished_us INTEGER,
  UNIQUE (symbol_id, kind, sha256)
) STRICT;

${BARS_OF_3}
CREATE TABLE archived (
  part_id   INTEGER PRIMARY KEY,
  symbol_id INTEGER NOT NULL REFERENCES symbols,
  date      TEXT NOT NULL,
  path      TEXT NOT NULL UNIQUE,
  state     TEXT NOT NULL CHECK (state IN ('writing', 'archived')),
  first_id  INTEGER NOT NULL,
  last_id   INTEGER NOT NULL,
  first_us  INTEGER NOT NULL,
  last_us   INTEGER NOT NULL,
  rows      INTEGER NOT NULL,
  bytes     INTEGER NOT NULL,
  sha256    TEXT NOT NULL,
  at_us     INTEGER NOT NULL
) STRICT;
CREATE INDEX archived_by_id ON archived (symbol_id, first_id);

CREATE TABLE archived_ids (
  part_id  INTEGER NOT NULL REFERENCES archived,
  first_id INTEGER NOT NULL,
  last_id  INTEGER NOT NULL,
  first_us INTEGER NOT NULL,
  last_us  INTEGER NOT NULL,
  PRIMARY KEY (part_id, first_id)
) STRICT, WITHOUT ROWID;
`;

/**
 * `venues.from_file`: the venue is no market but files that somebody named. Bars that came as bars: what a file does not have
 * is NULL, and each says which import brought it. `import_runs`: when the rows of an import were taken in, which is their
 * `received_us`.
 */
export const IMPORTS: string = `
ALTER TABLE venues ADD COLUMN from_file INTEGER NOT NULL DEFAULT 0 CHECK (from_file IN (0, 1));

CREATE TABLE import_runs (
  import_id INTEGER NOT NULL REFERENCES imports,
  at_us     INTEGER NOT NULL,
  PRIMARY KEY (import_id, at_us)
) STRICT, WITHOUT ROWID;

CREATE TABLE bars_new (
  symbol_id        INTEGER NOT NULL REFERENCES symbols,
  interval_us      INTEGER NOT NULL,
  start_us         INTEGER NOT NULL,
  open             REAL,
  high             REAL,
  low              REAL,
  close            REAL NOT NULL,
  volume           REAL,
  quote_volume     REAL,
  trade_count      REAL,
  taker_buy_volume REAL,
  import_id        INTEGER REFERENCES imports,
  PRIMARY KEY (symbol_id, interval_us, start_us)
) STRICT, WITHOUT ROWID;
INSERT INTO bars_new SELECT *, NULL FROM imported_bars;
DROP TABLE imported_bars;
ALTER TABLE bars_new RENAME TO imported_bars;

CREATE TABLE bar_conflicts_new (
  conflict_id      INTEGER PRIMARY KEY,
  symbol_id        INTEGER NOT NULL REFERENCES symbols,
  interval_us      INTEGER NOT NULL,
  start_us         INTEGER NOT NULL,
  found_us         INTEGER NOT NULL,
  open             REAL,
  high             REAL,
  low              REAL,
  close            REAL NOT NULL,
  volume           REAL,
  quote_volume     REAL,
  trade_count      REAL,
  taker_buy_volume REAL
) STRICT;
INSERT INTO bar_conflicts_new SELECT * FROM bar_conflicts;
DROP TABLE bar_conflicts;
ALTER TABLE bar_conflicts_new RENAME TO bar_conflicts;
`;

/** What brings a database from the version before to the one it is keyed by. */
export const MIGRATIONS: Readonly<Record<number, string>> = {
  2: `${LEDGER}
INSERT INTO ranges (symbol_id, first_id, last_id)
SELECT symbol_id, min(trade_id), max(trade_id) FROM
  (SELECT symbol_id, trade_id, trade_id - row_number() OVER (PARTITION BY symbol_id ORDER BY trade_id) AS island
   FROM trades)
GROUP BY symbol_id, island;
INSERT INTO holes (symbol_id, first_id, last_id, found_us, reason, state, changed_us)
SELECT symbol_id, end_id + 1, next_id - 1, 0, 'before the ledger', 'detected', 0 FROM
  (SELECT symbol_id, last_id AS end_id,
     lead(first_id) OVER (PARTITION BY symbol_id ORDER BY first_id) AS next_id FROM ranges)
WHERE next_id IS NOT NULL;`,
  3: `${FILES}
INSERT INTO odd_times SELECT symbol_id, trade_id, event_time_us FROM trades
WHERE abs(trade_time_us - event_time_us) >= 60000000;`,
  4: IMPORTS,
  5: `
CREATE TABLE venues_new (
  venue_id  INTEGER PRIMARY KEY,
  name      TEXT NOT NULL UNIQUE,
  kind      TEXT NOT NULL CHECK (kind IN ('real', 'simulated', 'replayed', 'other')),
  detail    TEXT NOT NULL,
  from_file INTEGER NOT NULL DEFAULT 0 CHECK (from_file IN (0, 1))
) STRICT;
INSERT INTO venues_new SELECT venue_id, name, kind, detail, from_file FROM venues;
DROP TABLE venues;
ALTER TABLE venues_new RENAME TO venues;
${TROUBLES}`,
};

/** SQL for the decimal text of an e8 column which was written with 8 − `fewer` decimals. */
function decimalText(e8: string, fewer: string): string {
  const text = `printf('%d.%08d', ${e8} / 100000000, ${e8} % 100000000)`;
  return `CASE ${fewer} WHEN 0 THEN ${text} ELSE rtrim(substr(${text}, 1, length(${text}) - (${fewer})), '.') END`;
}
