import type { Command, Flags } from "../../terminal/flags.ts";
import { defaultSymbols, EXCHANGE_FLAGS } from "../venue-flags.ts";

export type CollectFlag =
  | "config"
  | "venue"
  | "symbols"
  | "most-traded"
  | "db"
  | "ws-url"
  | "rest-url"
  | "venue-name"
  | "exchange-port"
  | "plan"
  | "past"
  | "duration"
  | "archive-after"
  | "keep"
  | "metrics-port"
  | "metrics-bind"
  | "status-every"
  | "quiet"
  | "fail-if-unreachable"
  | keyof typeof EXCHANGE_FLAGS;
export type CollectFlags = Flags<CollectFlag>;

export const COLLECT: Command<CollectFlag> = {
  usage: "npm run collect --",
  about:
    "Streams an exchange's trades into SQLite until it is stopped (Ctrl-C). Exit codes: 0 stopped, 1 trades were not stored,\n" +
    "2 refused, 3 unreachable, 4 a symbol's ids have started over. Only 2 is final.",
  flags: {
    config: {
      value: "FILE",
      help: "JSON with any of these flags by name; watched: its symbols are taken up while it runs",
    },
    venue: {
      value: "NAME",
      help: "binance; or sim or replay: the built-in exchange, started here (binance, with --tape replay)",
    },
    symbols: {
      value: "A,B",
      help: `symbols as the exchange writes them, or patterns: '*USDT' (${defaultSymbols("binance")}; of a tape all that it has)`,
    },
    "most-traded": { value: "N", help: "of those that fit a pattern, so many with the most trades in a day" },
    db: { value: "FILE", help: "database; by default data/binance.db, data/sim.db or data/replay.db" },
    "ws-url": { value: "URL", help: "another exchange's WebSocket address, with --rest-url" },
    "rest-url": { value: "URL", help: "another exchange's HTTP address, with --ws-url" },
    "venue-name": {
      value: "NAME",
      help: "what an exchange that does not name itself is called here: the name of its series",
    },
    ...EXCHANGE_FLAGS,
    "exchange-port": { value: "P", help: "sim, replay: the built-in exchange's port" },
    plan: { value: "FILE", help: "sim, replay: faults on order" },
    past: { value: "TIME", help: "sim: a new database begins so far in the market's past, for example 1h" },
    duration: { value: "TIME", help: "stop after this long, for example 30s" },
    "archive-after": {
      value: "TIME",
      help: "move days into Parquet files once they ended so long before the newest, for example 7d",
    },
    keep: {
      value: "TIME",
      help: "with --archive-after: remove archived days once they are so old, for example 30d (they are kept)",
    },
    "metrics-port": {
      value: "P",
      help: "answer /metrics, /healthz and /readyz on this port of this machine",
    },
    "metrics-bind": {
      value: "ADDRESS",
      help: "on this address instead of 127.0.0.1; needs a token in TICKBOOK_METRICS_TOKEN",
    },
    "status-every": {
      value: "TIME",
      help: "how often to print how it stands (1s on a terminal, else 60s)",
    },
    quiet: { help: "print warnings and errors only; logs/collector.log has everything" },
    "fail-if-unreachable": { help: "end with code 3 when no host answers at the start" },
  },
};
