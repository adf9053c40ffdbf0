import { refuse } from "../../core/errors.ts";
import { decodeBlocks } from "./native/decode.ts";
import type { Post } from "./wire/post.ts";
import { sqlWhole } from "./wire/sql.ts";

/** Of what lies on the server; each version is made from the one before by its statements, which may be run twice. */
export const DESK_VERSION = 1;

/**
 * What brings a desk from the version before to the one it is keyed by.
 *
 * `trades`: of two copies of an id the one that was received first stays, in whichever order they came: `keep` falls as
 * `received_us` rises. `price` and `qty` are whole numbers, to be divided by 10^`scale`. `blocks`: which ids of a block (65,536
 * ids, from a multiple of it on) a collector has put there, and their sums; a row is replaced as a whole by one with a higher
 * revision. `books`: what a collector's own book says of a series besides. Every engine forgets an earlier row of the same
 * key when it merges, and each reader asks with FINAL, or takes the newest: a statement that is sent twice changes nothing.
 */
const MIGRATIONS: Readonly<Record<number, readonly string[]>> = {
  1: [
    `CREATE TABLE IF NOT EXISTS trades (
      venue LowCardinality(String), symbol LowCardinality(String), trade_id Int64 CODEC(Delta, ZSTD),
      price Int64 CODEC(Delta, ZSTD), qty Int64 CODEC(ZSTD), scale UInt8, decimals UInt8,
      trade_time_us Int64 CODEC(Delta, ZSTD), event_time_us Int64 CODEC(Delta, ZSTD), received_us Int64 CODEC(Delta, ZSTD),
      is_buyer_maker UInt8, source UInt8,
      keep UInt64 MATERIALIZED 18446744073709551615 - toUInt64(received_us) CODEC(Delta, ZSTD))
     ENGINE = ReplacingMergeTree(keep) PARTITION BY toYYYYMM(fromUnixTimestamp64Micro(trade_time_us))
     ORDER BY (venue, symbol, trade_id)`,
    `CREATE TABLE IF NOT EXISTS blocks (
      venue LowCardinality(String), symbol LowCardinality(String), collector LowCardinality(String), block Int64,
      first_ids Array(Int64), last_ids Array(Int64), rows Int64,
      sum_id Int64, sum_price Int64, sum_qty Int64, sum_time Int64, first_us Int64, last_us Int64,
      newest_us Int64, newest_received_us Int64, revision Int64,
      INDEX by_revision revision TYPE minmax GRANULARITY 1)
     ENGINE = ReplacingMergeTree(revision) ORDER BY (venue, symbol, collector, block)`,
    `CREATE TABLE IF NOT EXISTS books (
      venue LowCardinality(String), symbol LowCardinality(String), collector LowCardinality(String), place Int64,
      holes String, conflicts String, troubles String, merged String, bars String, held Int64, newest_id Int64,
      owner String, relay_us Int64, revision Int64,
      server_us Int64 DEFAULT toUnixTimestamp64Micro(now64(6)))
     ENGINE = ReplacingMergeTree(revision) ORDER BY (venue, symbol, collector)`,
    `CREATE TABLE IF NOT EXISTS venues (venue String, kind String, detail String, revision Int64)
     ENGINE = ReplacingMergeTree(revision) ORDER BY venue`,
    `CREATE TABLE IF NOT EXISTS agg_trades (
      venue LowCardinality(String), symbol LowCardinality(String), first_id Int64, last_id Int64, agg_id Int64,
      price Int64, qty Int64, scale UInt8, decimals UInt8, trade_time_us Int64, received_us Int64, is_buyer_maker UInt8,
      keep UInt64 MATERIALIZED 18446744073709551615 - toUInt64(received_us))
     ENGINE = ReplacingMergeTree(keep) ORDER BY (venue, symbol, first_id, last_id)`,
    `CREATE TABLE IF NOT EXISTS bars (
      venue LowCardinality(String), symbol LowCardinality(String), interval_us Int64, start_us Int64, open Float64, high Float64,
      low Float64, close Float64, volume Float64, quote_volume Float64, trade_count Float64, taker_buy_volume Float64)
     ENGINE = ReplacingMergeTree ORDER BY (venue, symbol, interval_us, start_us)`,
  ],
};

const VERSIONS =
  "CREATE TABLE IF NOT EXISTS desk_versions (version Int64, made_us Int64) ENGINE = ReplacingMergeTree ORDER BY version";

/** Makes the database and its tables where there are none, and brings older ones up to date. Tables that are there stay as they are. */
export async function prepareDesk(post: Post, database: string, label: string, nowUs: number): Promise<void> {
  const held = await heldVersion(post);
  if (held === undefined) await makeDatabase(post, database);
  const from = held ?? 0;
  if (from > DESK_VERSION) refuseNewer(label, from);
  if (from === DESK_VERSION) return;
  await post(VERSIONS);
  for (let version = from + 1; version <= DESK_VERSION; version++) {
    for (const statement of MIGRATIONS[version]!) await post(statement);
    await post(`INSERT INTO desk_versions SELECT ${sqlWhole(version)}, ${sqlWhole(nowUs)}`);
  }
}

/** A user who may not make databases may find his made. */
async function makeDatabase(post: Post, database: string): Promise<void> {
  await post(`CREATE DATABASE IF NOT EXISTS ${database}`, { settings: { database: "default" } });
}

/** Refuses a server without a desk, and one of another version. */
export function checkVersion(label: string, held: number | undefined): void {
  if (held === undefined) {
    refuse({
      code: "no-desk",
      where: label,
      problem: "needs a database that trades were published to; there is none",
      hint: "Publish first: npm run publish -- --db FILE --to URL.",
    });
  }
  if (held > DESK_VERSION) refuseNewer(label, held);
  if (held < DESK_VERSION) {
    refuse({
      code: "old-desk",
      where: label,
      problem: `needs a desk of version ${DESK_VERSION}; it is of version ${held}`,
      hint: "A relay of this version brings it up to date: npm run publish.",
    });
  }
}

/** Asks for the version that is held. */
export const VERSION_QUERY =
  "SELECT toFloat64(max(version)) AS version, toFloat64(count()) AS versions FROM desk_versions FORMAT Native";

/** The database or the table is not there. */
const ABSENT = [60, 81];

export function isAbsent(error: unknown): boolean {
  const { facts } = error as { facts?: { number?: number } };
  return ABSENT.includes(facts?.number ?? 0);
}

async function heldVersion(post: Post): Promise<number | undefined> {
  try {
    const { columns } = decodeBlocks(await post(VERSION_QUERY));
    return columns.versions![0] === 0 ? 0 : (columns.version![0] as number);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    return (error as { facts: { number: number } }).facts.number === 60 ? 0 : undefined;
  }
}

function refuseNewer(label: string, held: number): never {
  return refuse({
    code: "newer-desk",
    where: label,
    problem: `needs a desk of version ${DESK_VERSION} or older; it is of version ${held}`,
    hint: "Update this Tickbook: npm run update.",
  });
}
