import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import Database from "better-sqlite3";
import { quote, refuse, TickbookError } from "../../core/errors.ts";
import type { VenueKind } from "../../core/trade.ts";
import { makeFolder } from "./file/folder.ts";
import { checkEngine } from "./file/schema.ts";

/** An alert's event as it is kept. */
export interface AlertRecord {
  /** Ascends; unique within one history. */
  readonly id: number;
  readonly venue: string;
  readonly venueKind: VenueKind;
  /** The alert's identity. */
  readonly key: string;
  readonly rule: string;
  /** `ETHUSDT/BTCUSDT, 1s` */
  readonly watched: string;
  readonly severity: string;
  readonly kind: string;
  readonly from: string;
  /** End of the bar that brought it. */
  readonly timeUs: number;
  /** Our clock, when it was judged. */
  readonly atUs: number;
  readonly sinceUs: number;
  /** NaN: none. */
  readonly value: number;
  readonly fire: number;
  readonly resolve: number;
  readonly delivery: string;
  readonly silencedBy: string;
  readonly isLate: boolean;
  readonly heldBack: number;
  readonly text: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What is stored in one transaction: how far it was judged, the states that changed, and the events. */
export interface AlertCommit {
  /** Plain JSON; what `progress` gives back. */
  readonly progress: unknown;
  readonly states: readonly { readonly key: string; readonly state: unknown }[];
  readonly events: readonly Omit<AlertRecord, "id" | "venue">[];
}

/** The history of alerts: a database of its own, with one writer. */
export interface AlertStore {
  readonly path: string;
  /** Tells this history from any other: the time at which it was made. */
  readonly history: number;
  progress(venue: string): unknown;
  states(venue: string): Record<string, unknown>;
  /** All or nothing; the events with their ids. */
  commit(venue: string, commit: AlertCommit): AlertRecord[];
  /** Told events that a sink has not had, oldest first. */
  undelivered(sink: string, most: number): AlertRecord[];
  /** A sink has had everything up to an event; a new sink begins with what comes next. */
  delivered(sink: string, id: number): void;
  /** The newest event that a sink has had. */
  deliveredTo(sink: string): number;
  close(): void;
}

/** "tkal": tells a history of alerts from any other database. */
const APPLICATION_ID = 0x746b616c;
const VERSION = 1;
/** Older events are let go. */
const MOST_EVENTS = 200_000;

const TABLES = `
CREATE TABLE about (made_us INTEGER NOT NULL);
CREATE TABLE progress (venue TEXT PRIMARY KEY, progress TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE states (venue TEXT NOT NULL, key TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (venue, key)) WITHOUT ROWID;
CREATE TABLE sinks (sink TEXT PRIMARY KEY, delivered_id INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE events (
  event_id INTEGER PRIMARY KEY AUTOINCREMENT, venue TEXT NOT NULL, venue_kind TEXT NOT NULL, key TEXT NOT NULL,
  rule TEXT NOT NULL, watched TEXT NOT NULL, severity TEXT NOT NULL, kind TEXT NOT NULL, from_state TEXT NOT NULL, time_us INTEGER NOT NULL,
  at_us INTEGER NOT NULL, since_us INTEGER NOT NULL, value REAL, fire REAL NOT NULL, resolve REAL NOT NULL,
  delivery TEXT NOT NULL, silenced_by TEXT NOT NULL, is_late INTEGER NOT NULL, held_back INTEGER NOT NULL,
  text TEXT NOT NULL, labels TEXT NOT NULL
);
CREATE INDEX events_by_time ON events (venue, time_us);
`;

const COLUMNS = `event_id AS id, venue, venue_kind AS venueKind, key, rule, watched, severity, kind, from_state AS "from", time_us AS timeUs, at_us AS atUs,
  since_us AS sinceUs, value, fire, resolve, delivery, silenced_by AS silencedBy, is_late AS isLate, held_back AS heldBack,
  text, labels`;

type Row = Omit<AlertRecord, "isLate" | "labels" | "value"> & {
  readonly isLate: number;
  readonly labels: string;
  readonly value: number | null;
};

/** Opens or makes a history for writing; refuses one that another program is writing to. */
export function openAlertStore(file: string, nowUs: number): AlertStore {
  const path = resolve(file);
  return connect(path, () => {
    makeFolder(dirname(path));
    const db = new Database(path, { timeout: 2000 });
    let release = (): void => {};
    try {
      checkEngine(db);
      prepare(db, path, nowUs);
      release = lock(path);
      return alertStore(path, db, release);
    } catch (error) {
      release();
      db.close();
      throw error;
    }
  });
}

function alertStore(path: string, db: Database.Database, release: () => void): AlertStore {
  const selectProgress = db
    .prepare<[string], string>("SELECT progress FROM progress WHERE venue = ?")
    .pluck();
  const selectStates = db.prepare<[string], { key: string; state: string }>(
    "SELECT key, state FROM states WHERE venue = ?",
  );
  const writeProgress = db.prepare(
    "INSERT INTO progress VALUES (?, ?) ON CONFLICT (venue) DO UPDATE SET progress = excluded.progress",
  );
  const writeState = db.prepare(
    "INSERT INTO states VALUES (?, ?, ?) ON CONFLICT (venue, key) DO UPDATE SET state = excluded.state",
  );
  const insertEvent = db.prepare(
    `INSERT INTO events (venue, venue_kind, key, rule, watched, severity, kind, from_state, time_us, at_us, since_us, value, fire, resolve,
       delivery, silenced_by, is_late, held_back, text, labels)
     VALUES (@venue, @venueKind, @key, @rule, @watched, @severity, @kind, @from, @timeUs, @atUs, @sinceUs, @value, @fire, @resolve,
       @delivery, @silencedBy, @isLate, @heldBack, @text, @labels)`,
  );
  const forget = db.prepare("DELETE FROM events WHERE event_id <= ?");
  const selectUndelivered = db.prepare<[number, number], Row>(
    `SELECT ${COLUMNS} FROM events WHERE event_id > ? AND delivery = 'sent' ORDER BY event_id LIMIT ?`,
  );
  const selectDelivered = db
    .prepare<[string], number>("SELECT delivered_id FROM sinks WHERE sink = ?")
    .pluck();
  const writeDelivered = db.prepare(
    "INSERT INTO sinks VALUES (?, ?) ON CONFLICT (sink) DO UPDATE SET delivered_id = excluded.delivered_id",
  );
  const newestId = db.prepare<[], number>("SELECT coalesce(max(event_id), 0) FROM events").pluck();

  const deliveredTo = (sink: string): number => {
    const known = selectDelivered.get(sink);
    if (known !== undefined) return known;
    writeDelivered.run(sink, newestId.get()!);
    return newestId.get()!;
  };
  return {
    path,
    history: db.prepare<[], number>("SELECT made_us FROM about").pluck().get()!,
    progress: (venue) => parsed(selectProgress.get(venue)),
    states: (venue) =>
      Object.fromEntries(selectStates.all(venue).map(({ key, state }) => [key, parsed(state)])),
    commit: db.transaction((venue: string, { progress, states, events }: AlertCommit) => {
      writeProgress.run(venue, JSON.stringify(progress));
      for (const { key, state } of states) writeState.run(venue, key, JSON.stringify(state));
      const stored = events.map((event): AlertRecord => {
        const { lastInsertRowid } = insertEvent.run({
          ...event,
          venue,
          value: Number.isNaN(event.value) ? null : event.value,
          isLate: event.isLate ? 1 : 0,
          labels: JSON.stringify(event.labels),
        });
        return { ...event, venue, id: Number(lastInsertRowid) };
      });
      const last = stored.at(-1)?.id ?? 0;
      if (stored.some(({ id }) => id % 1000 === 0)) forget.run(last - MOST_EVENTS);
      return stored;
    }),
    undelivered: (sink, most) => selectUndelivered.all(deliveredTo(sink), most).map(recordOf),
    delivered: (sink, id) => void writeDelivered.run(sink, id),
    deliveredTo,
    close: () => {
      release();
      db.close();
    },
  };
}

export interface HistoryRange {
  readonly venue?: string;
  readonly fromUs?: number;
  readonly toUs?: number;
  /** The newest so many; 1000 unless told. */
  readonly most?: number;
}

/** The events of a history, oldest first; none where there is no history yet. Reads only, beside a writer. */
export function readAlertHistory(file: string, range: HistoryRange = {}): AlertRecord[] {
  const path = resolve(file);
  if (!existsSync(path)) return [];
  const { venue, fromUs = Number.MIN_SAFE_INTEGER, toUs = Number.MAX_SAFE_INTEGER, most = 1000 } = range;
  return connect(path, () => {
    const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 2000 });
    try {
      checkOurs(db, path);
      const rows = db
        .prepare<unknown[], Row>(
          `SELECT ${COLUMNS} FROM events WHERE (? IS NULL OR venue = ?) AND time_us >= ? AND time_us < ?
         ORDER BY event_id DESC LIMIT ?`,
        )
        .all(venue ?? null, venue ?? null, fromUs, toUs, most);
      return rows.reverse().map(recordOf);
    } finally {
      db.close();
    }
  });
}

function recordOf(row: Row): AlertRecord {
  const labels = (parsed(row.labels) ?? {}) as Record<string, string>;
  return { ...row, value: row.value ?? Number.NaN, isLate: row.isLate === 1, labels };
}

/** What was kept as JSON; nothing where it was tampered with. */
function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function prepare(db: Database.Database, path: string, nowUs: number): void {
  const objects = db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get() as number;
  if (objects > 0) checkOurs(db, path);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  if (objects > 0) return;
  db.transaction(() => {
    if ((db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get() as number) > 0) return;
    db.exec(TABLES);
    db.prepare("INSERT INTO about VALUES (?)").run(nowUs);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${VERSION}`);
  }).immediate();
}

function checkOurs(db: Database.Database, path: string): void {
  const application = db.pragma("application_id", { simple: true });
  const version = db.pragma("user_version", { simple: true });
  if (application === APPLICATION_ID && version === VERSION) return;
  refuse({
    code: "foreign-database",
    where: path,
    problem: `needs a history of alerts, version ${VERSION}; the file is ${application === APPLICATION_ID ? `of version ${version}` : "another database"}, and was left untouched`,
    hint: "Pass another --history.",
    facts: { path },
  });
}

/** One writer: the system lets go of the lock when the process ends, however it ends. */
function lock(path: string): () => void {
  const side = new Database(`${path}.lock`, { timeout: 0 });
  try {
    side.exec("BEGIN EXCLUSIVE");
    return () => side.close();
  } catch (error) {
    side.close();
    if ((error as { code?: string }).code !== "SQLITE_BUSY") throw error;
    return refuse({
      code: "history-in-use",
      where: path,
      problem: "needs to be the only one that writes this history of alerts; another watch is running",
      hint: "Stop that one (npm start runs one, too), or pass another --history.",
      facts: { path },
    });
  }
}

function connect<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const { code = "", message } = error as { code?: string; message: string };
    if (error instanceof TickbookError || !/^(SQLITE_|E[A-Z]+$)/.test(code)) throw error;
    return refuse({
      code: "unusable-history",
      where: path,
      problem: `needs a history of alerts that it can open; the system says ${quote(message)}`,
      hint: "Pass another --history.",
      facts: { path },
    });
  }
}
