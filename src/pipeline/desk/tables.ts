import { sqlText } from "./wire/sql.ts";

/** A table of a desk. Each forgets an earlier row of the same key when it merges, and is asked with FINAL. */
interface DeskTable {
  readonly name: string;
  /** What is sent and asked for. */
  readonly columns: readonly string[];
  /** What the engine adds for itself: columns that it computes, indexes. */
  readonly more?: readonly string[];
  /** Of two rows of a key the one with the greater version stays; unless told, the one that came last. */
  readonly version?: string;
  readonly partition?: string;
  readonly order: string;
  /** Spread over a cluster's shards, each of which holds all rows of the keys it has; unless told, each node holds all. */
  readonly shardBy?: string;
}

const KEPT =
  "keep UInt64 MATERIALIZED 18446744073709551615 - toUInt64(received_us) CODEC(Delta, ZSTD)" as const;
const SERIES = ["venue LowCardinality(String)", "symbol LowCardinality(String)"] as const;

/**
 * Version 1 of a desk.
 *
 * `trades`: of two copies of an id the one that was received first stays, in whichever order they came: `keep` falls as
 * `received_us` rises. `price` and `qty` are whole numbers, to be divided by 10^`scale`. `blocks`: which ids of a block (65,536
 * ids, from a multiple of it on) a collector has put there, and their sums; a row is replaced as a whole by one with a higher
 * revision. `books`: what a collector's own book says of a series besides. Trades alone are spread over shards: what speaks
 * of them is on every node, so that a reader who cannot see some of them still knows that they are there.
 */
export const FIRST_TABLES: readonly DeskTable[] = [
  {
    name: "trades",
    columns: [
      ...SERIES,
      "trade_id Int64 CODEC(Delta, ZSTD)",
      "price Int64 CODEC(Delta, ZSTD)",
      "qty Int64 CODEC(ZSTD)",
      ...["scale UInt8", "decimals UInt8"],
      "trade_time_us Int64 CODEC(Delta, ZSTD)",
      "event_time_us Int64 CODEC(Delta, ZSTD)",
      "received_us Int64 CODEC(Delta, ZSTD)",
      ...["is_buyer_maker UInt8", "source UInt8"],
    ],
    more: [KEPT],
    version: "keep",
    partition: "toYYYYMM(fromUnixTimestamp64Micro(trade_time_us))",
    order: "venue, symbol, trade_id",
    shardBy: "cityHash64(venue, symbol)",
  },
  {
    name: "blocks",
    columns: [
      ...SERIES,
      ...["collector LowCardinality(String)", "block Int64"],
      ...["first_ids Array(Int64)", "last_ids Array(Int64)", "rows Int64"],
      ...["sum_id Int64", "sum_price Int64", "sum_qty Int64", "sum_time Int64"],
      ...["first_us Int64", "last_us Int64", "newest_us Int64", "newest_received_us Int64", "revision Int64"],
    ],
    more: ["INDEX by_revision revision TYPE minmax GRANULARITY 1"],
    version: "revision",
    order: "venue, symbol, collector, block",
  },
  {
    name: "books",
    columns: [
      ...SERIES,
      ...["collector LowCardinality(String)", "place Int64"],
      ...["holes String", "conflicts String", "troubles String", "merged String", "bars String"],
      ...["held Int64", "newest_id Int64", "owner String", "relay_us Int64", "revision Int64"],
      "server_us Int64 DEFAULT toUnixTimestamp64Micro(now64(6))",
    ],
    version: "revision",
    order: "venue, symbol, collector",
  },
  {
    name: "venues",
    columns: ["venue String", "kind String", "detail String", "revision Int64"],
    version: "revision",
    order: "venue",
  },
  {
    name: "agg_trades",
    columns: [
      ...SERIES,
      ...["first_id Int64", "last_id Int64", "agg_id Int64", "price Int64", "qty Int64", "scale UInt8"],
      ...["decimals UInt8", "trade_time_us Int64", "received_us Int64", "is_buyer_maker UInt8"],
    ],
    more: [KEPT.replace(/ CODEC.*/, "")],
    version: "keep",
    order: "venue, symbol, first_id, last_id",
  },
  {
    name: "bars",
    columns: [
      ...SERIES,
      ...["interval_us Int64", "start_us Int64", "open Float64", "high Float64", "low Float64"],
      ...["close Float64", "volume Float64", "quote_volume Float64", "trade_count Float64"],
      "taker_buy_volume Float64",
    ],
    order: "venue, symbol, interval_us, start_us",
  },
];

/** Which versions of a desk have been made. */
export const VERSIONS_TABLE: DeskTable = {
  name: "desk_versions",
  columns: ["version Int64", "made_us Int64"],
  order: "version",
};

/** Where tables are made: in a database of one server, or on all nodes of a cluster that the server knows. */
export interface DeskPlace {
  readonly database: string;
  readonly cluster?: string | undefined;
}

/** The statements that make a table where there is none; they may be run twice. */
export function makeTable(table: DeskTable, { database, cluster }: DeskPlace): string[] {
  const { name, columns, more = [], version = "", shardBy } = table;
  const whole = [...columns, ...more].join(", ");
  if (cluster === undefined) return [storage(table, name, whole, `ReplacingMergeTree(${version})`)];
  const on = ` ON CLUSTER ${sqlText(cluster)}`;
  const replicated = (path: string, replica: string): string =>
    `ReplicatedReplacingMergeTree('/clickhouse/tables/${path}/${database}/${name}', '${replica}'${version && `, ${version}`})`;
  if (shardBy === undefined)
    return [storage(table, name + on, whole, replicated("all", "{shard}-{replica}"))];
  const local = `${name}_local`;
  const front = columns.map((column) => column.replace(/ CODEC\(.*\)/, "")).join(", ");
  return [
    storage(table, local + on, whole, replicated("{shard}", "{replica}")),
    `CREATE TABLE IF NOT EXISTS ${name}${on} (${front}) ENGINE = ` +
      `Distributed(${sqlText(cluster)}, ${sqlText(database)}, ${sqlText(local)}, ${shardBy})`,
  ];
}

function storage({ partition, order }: DeskTable, name: string, content: string, engine: string): string {
  const parts = partition === undefined ? "" : ` PARTITION BY ${partition}`;
  return `CREATE TABLE IF NOT EXISTS ${name} (${content}) ENGINE = ${engine}${parts} ORDER BY (${order})`;
}
