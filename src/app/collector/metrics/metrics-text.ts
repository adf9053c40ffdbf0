import type { CollectorStatus } from "../collector.ts";
import type { Health } from "./health.ts";

/** Of the files, in bytes. */
export interface Room {
  readonly freeBytes: number;
  readonly databaseBytes: number;
  readonly walBytes: number;
}

interface Metric {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly values: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];
}

/** A collector's state as Prometheus' text (version 0.0.4); a value that is not known is left out. */
export function metricsText(status: CollectorStatus, room: Room, health: Health | undefined): string {
  return [...ofSymbols(status), ...ofFeed(status), ...ofStore(status, room), ...ofHealth(health)]
    .map(({ name, type, help, values }) => {
      const lines = values
        .filter(([, value]) => Number.isFinite(value))
        .map(([labels, value]) => `${name}${labelText(labels)} ${value}`);
      return lines.length === 0
        ? ""
        : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("\n")}\n`;
    })
    .join("");
}

function ofSymbols({ venue, symbols }: CollectorStatus): Metric[] {
  const each = (
    name: string,
    type: Metric["type"],
    help: string,
    of: (symbol: CollectorStatus["symbols"][string]) => number,
  ): Metric => ({
    name,
    type,
    help,
    values: Object.entries(symbols).map(([symbol, one]) => [{ venue: venue.name, symbol }, of(one)]),
  });
  return [
    each("tickbook_trades_stored_total", "counter", "Trades committed since the start.", (s) => s.stored),
    each(
      "tickbook_trades_duplicate_total",
      "counter",
      "Trades that were known already.",
      (s) => s.duplicates,
    ),
    each(
      "tickbook_trades_conflict_total",
      "counter",
      "Known ids that came again with another content.",
      (s) => s.conflicts,
    ),
    each(
      "tickbook_trades_refused_total",
      "counter",
      "Trades not stored: ids started over, or below all that is held.",
      (s) => s.anew + s.regressed,
    ),
    each("tickbook_missing_ids", "gauge", "Ids in holes that are open.", (s) => s.missing),
    each(
      "tickbook_lag_seconds",
      "gauge",
      "Receipt minus event time of the newest trade.",
      (s) => s.lagMs / 1000,
    ),
    each(
      "tickbook_last_trade_timestamp_seconds",
      "gauge",
      "When the newest trade was received, since 1970.",
      (s) => s.lastReceivedUs / 1e6,
    ),
  ];
}

function ofFeed({ feed }: CollectorStatus): Metric[] {
  const losses = feed.shards.reduce((sum, shard) => sum + shard.losses, 0);
  const isUp = feed.kind === "live" || feed.kind === "open" ? 1 : 0;
  return [
    one("tickbook_connected", "gauge", "1: every connection to the exchange is open.", isUp),
    one("tickbook_connections_lost_total", "counter", "Connections lost since the start.", losses),
  ];
}

function ofStore(status: CollectorStatus, room: Room): Metric[] {
  const { p50, p99 } = status.commitMs;
  return [
    {
      name: "tickbook_commit_seconds",
      type: "gauge",
      help: "Receipt to commit of the last second's trades.",
      values: [
        [{ quantile: "0.5" }, p50 / 1000],
        [{ quantile: "0.99" }, p99 / 1000],
      ],
    },
    one(
      "tickbook_storing",
      "gauge",
      "0: the store takes nothing at the moment.",
      status.blocked === "" ? 1 : 0,
    ),
    one("tickbook_queue_trades", "gauge", "Received and not committed yet.", status.pending),
    one(
      "tickbook_rejected_total",
      "counter",
      "Messages that held no trade fit to be stored.",
      status.rejected,
    ),
    one("tickbook_open_holes", "gauge", "Holes neither filled nor given up.", status.backfill.openHoles),
    one("tickbook_disk_free_bytes", "gauge", "Room on the database's disk.", room.freeBytes),
    one("tickbook_database_bytes", "gauge", "Size of the database's file.", room.databaseBytes),
    one("tickbook_wal_bytes", "gauge", "Size of the write-ahead log.", room.walBytes),
    one(
      "process_resident_memory_bytes",
      "gauge",
      "Memory of the collector's process.",
      process.memoryUsage.rss(),
    ),
  ];
}

function ofHealth(health: Health | undefined): Metric[] {
  if (health === undefined) return [];
  return [
    one(
      "tickbook_healthy",
      "gauge",
      "1: the doctor finds nothing that needs attention.",
      health.exitCode === 0 ? 1 : 0,
    ),
    {
      name: "tickbook_holes",
      type: "gauge",
      help: "Holes by what became of them.",
      values: Object.entries(health.holes).map(([state, holes]) => [{ state }, holes]),
    },
  ];
}

function one(name: string, type: Metric["type"], help: string, value: number): Metric {
  return { name, type, help, values: [[{}, value]] };
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")}"`,
  );
  return parts.length === 0 ? "" : `{${parts.join(",")}}`;
}
