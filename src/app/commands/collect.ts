import { once } from "node:events";
import { dirname, join, resolve } from "node:path";
import { quote, refuse, TickbookError } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import { parseDuration } from "../../core/time.ts";
import { type Venue, venueLabel } from "../../core/trade.ts";
import { httpGet } from "../../pipeline/net/http.ts";
import { useProxy } from "../../pipeline/net/proxy.ts";
import { openSocket } from "../../pipeline/net/socket.ts";
import { isDatabase } from "../../pipeline/store/file/is-database.ts";
import { placeWarning } from "../../pipeline/store/file/place.ts";
import {
  BINANCE,
  BINANCE_HOSTS,
  checkSymbolForm,
  type Host,
  isBinance,
} from "../../pipeline/venues/binance/info.ts";
import { systemClock } from "../clock.ts";
import type { ArchivePlan } from "../collector/archiving/schedule.ts";
import { type Collector, type CollectorStatus, logFile, startCollector } from "../collector/collect.ts";
import { type MetricsServer, openMetrics } from "../collector/metrics/metrics-server.ts";
import { type ExchangeProcess, startExchangeProcess } from "../processes/exchange-process.ts";
import { storeSimulatedPast } from "../processes/simulated-past.ts";
import { type Command, type Flags, listFlag, numberFlag, readFlags } from "../terminal/flags.ts";
import { type LogEntry, logLine } from "../terminal/log.ts";
import { statusText } from "../terminal/status-text.ts";
import { steadyOutput } from "../terminal/steady-output.ts";
import { stopRequest } from "../terminal/stop-request.ts";
import { checkApart, chosenVenue, DEFAULT_SYMBOLS, EXCHANGE_FLAGS, exchangeFlags } from "./venue-flags.ts";

const COMMAND = {
  usage: "npm run collect --",
  about: "Streams an exchange's trades into SQLite until it is stopped (Ctrl-C).",
  flags: {
    venue: {
      value: "NAME",
      help: "binance; or sim or replay: the built-in exchange, started here (binance, with --tape replay)",
    },
    symbols: {
      value: "A,B",
      help: `symbols as the exchange writes them (${DEFAULT_SYMBOLS}; of a tape all that it has)`,
    },
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
    "fail-if-unreachable": { help: "end with code 3 when no host answers at the start" },
  },
} as const satisfies Command<string>;

/** Of refusals; any other is 2. */
const EXIT_CODES: Readonly<Record<string, number>> = { unreachable: 3, "writer-failed": 1 };

type Name = keyof (typeof COMMAND)["flags"];

/** Runs the collector as a program. Exit codes: 0 stopped, 2 refused, 3 unreachable, 4 a symbol's ids have started anew and are not stored, 1 trades were not stored or the exchange died. */
export async function collectMain(argv: readonly string[]): Promise<number> {
  try {
    const flags = readFlags<Name>(COMMAND, argv, (text) => process.stdout.write(`${text}\n`));
    if (flags === undefined) return 0;
    useProxy(process.env);
    return await run(flags);
  } catch (error) {
    if (!(error instanceof TickbookError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return EXIT_CODES[error.code] ?? 2;
  }
}

async function run(flags: Flags<Name>): Promise<number> {
  const asked = flags.symbols === undefined ? undefined : listFlag(flags.symbols);
  for (const symbol of asked ?? []) checkSymbolForm(symbol);
  const durationMs =
    flags.duration === undefined ? undefined : parseDuration(flags.duration, "--duration") / 1000;
  const given = givenHost(flags);
  const named = namedVenue(flags["venue-name"], given);
  const venue = chosenVenue(flags);
  checkExchangeFlags(flags, venue !== "binance" && given === undefined);
  const db = flags.db ?? join("data", `${venue}.db`);
  checkApart(flags.tape, db);
  const terminal = process.stdout.isTTY === true;
  const output = steadyOutput((texts) => {
    const message = `${texts} lines were left out here, as nobody took them`;
    return terminal
      ? `\r\x1b[K${message}\n`
      : `${logLine(systemClock.nowUs(), { level: "warn", event: "left-out", message })}\n`;
  });
  const quarantine = logFile(db, "rejected.log");
  const toFile = logFile(db, "collector.log");
  const log = (entry: LogEntry): void => {
    const line = logLine(systemClock.nowUs(), entry);
    toFile(line);
    if (!terminal) output.write(`${line}\n`);
    else if (entry.message !== undefined) output.write(`\r\x1b[K${entry.message}\n`);
  };

  const stop = stopRequest({ withTerminal: false });
  const stopping = new AbortController();
  void stop.asked.then(() => stopping.abort());
  let endOfDuration = (): void => {};
  let exchange: ExchangeProcess | undefined;
  let exchangeDied = false;
  let metrics: MetricsServer | undefined;
  let failure: Error | undefined;
  if (venue !== "binance" && given === undefined) {
    begin(flags, venue, db, asked);
    exchange = await startExchangeProcess(processFlags(flags), {
      died: (code, said) => {
        exchangeDied = true;
        const message = `the built-in exchange ended with code ${code}${said === "" ? "" : `: ${said}`}`;
        log({ level: "error", event: "exchange-died", message });
        stopping.abort();
      },
      tapeEnded: () => {
        log({ level: "info", event: "tape-ended", message: "the tape has been played to its end" });
      },
    });
  }
  const symbols = asked ?? (venue === "replay" && exchange ? exchange.symbols : DEFAULT_SYMBOLS.split(","));
  try {
    const hosts = given !== undefined ? [given] : exchange !== undefined ? [exchange] : BINANCE_HOSTS;
    const collector = await startCollector(
      {
        hosts,
        venue: given !== undefined ? named : exchange !== undefined ? undefined : BINANCE,
        symbols,
        db,
        archive: archivePlan(flags["archive-after"], flags.keep),
        failIfUnreachable: flags["fail-if-unreachable"] === "true",
        quarantine: (why, what) =>
          quarantine(
            logLine(systemClock.nowUs(), { level: "error", event: "rejected", why, what: quote(what, 1000) }),
          ),
        onFailure: (error) => {
          failure = error;
          stopping.abort();
        },
      },
      {
        clock: systemClock,
        random: random(systemClock.nowUs()),
        get: httpGet({ deadlineMs: 15_000, maxBytes: 16 << 20, stop: stopping.signal }),
        openSocket,
        log,
        signal: stopping.signal,
      },
    );
    if (collector === undefined) return 0;
    metrics = await metricsFor(flags, db, collector);
    const warning = placeWarning(dirname(resolve(db)));
    if (warning !== undefined) {
      log({ level: "warn", event: "place", message: `${warning}. Pass a --db on a local disk.` });
    }
    const label = venueLabel(collector.venue);
    log({
      level: "info",
      event: "started",
      venue: collector.venue,
      db,
      symbols,
      ...(metrics !== undefined && { metricsPort: metrics.port }),
      message: `collecting ${symbols.join(", ")} from ${label === "" ? collector.venue.detail : label} into ${db}`,
    });
    const ticker = setInterval(() => {
      const status = collector.status();
      if (terminal) output.write(`\r\x1b[K${statusLine(status)}`);
      else output.write(`${logLine(systemClock.nowUs(), { level: "info", event: "status", ...status })}\n`);
    }, 1000);
    if (durationMs !== undefined) endOfDuration = systemClock.after(durationMs, () => stopping.abort());
    if (!stopping.signal.aborted) await once(stopping.signal, "abort");
    clearInterval(ticker);
    const lost = await collector.stop();
    const stored = Object.values(collector.status().symbols).reduce((sum, { stored }) => sum + stored, 0);
    log({
      level: lost === 0 ? "info" : "error",
      event: "stopped",
      stored,
      lost,
      message: `stopped: ${stored} trades stored${lost === 0 ? "" : `, ${lost} received ones were not`}`,
    });
    if (failure !== undefined) throw asRefusal(failure, db);
    if (lost > 0 || exchangeDied) return 1;
    return Object.values(collector.status().symbols).some(({ anew }) => anew > 0) ? 4 : 0;
  } finally {
    endOfDuration();
    await metrics?.close();
    await exchange?.stop();
    stop.done();
    output.close();
    if (process.connected === true) process.disconnect();
  }
}

function archivePlan(after: string | undefined, keep: string | undefined): ArchivePlan | undefined {
  const keepUs = keep === undefined ? undefined : parseDuration(keep, "--keep");
  const archiveAfterUs = after === undefined ? undefined : parseDuration(after, "--archive-after");
  if (keepUs !== undefined && (archiveAfterUs === undefined || keepUs < archiveAfterUs))
    refuse({
      code: "bad-flag",
      where: "--keep",
      problem: `needs --archive-after, and no longer than itself: only what is archived is removed; got ${after ?? "none"} with --keep ${keep}`,
      hint: "Pass for example --archive-after 7d --keep 30d.",
    });
  return archiveAfterUs === undefined ? undefined : { archiveAfterUs, keepUs };
}

/** Opened only when asked for. */
async function metricsFor(
  flags: Flags<Name>,
  db: string,
  collector: Collector,
): Promise<MetricsServer | undefined> {
  const port = flags["metrics-port"];
  const bind = flags["metrics-bind"];
  if (port === undefined) {
    if (bind !== undefined)
      refuse({
        code: "bad-flag",
        where: "--metrics-bind",
        problem: "needs --metrics-port beside it; got none",
        hint: "Pass for example --metrics-port 9464.",
      });
    return undefined;
  }
  return openMetrics({
    port: numberFlag("metrics-port", port, 0, 65_535),
    bind: bind ?? "127.0.0.1",
    token: process.env.TICKBOOK_METRICS_TOKEN || undefined,
    db,
    status: () => collector.status(),
  }).catch(async (error: unknown) => {
    await collector.stop();
    throw error;
  });
}

function asRefusal(error: Error, db: string): TickbookError {
  if (error instanceof TickbookError) return error;
  return new TickbookError({
    code: "writer-failed",
    where: db,
    problem: `needs a writer that works; it met a defect of this program: ${quote(error.message)}`,
    hint: "Start the collector again: what was not stored becomes a hole and is filled; tell us the sentence.",
  });
}

function givenHost(flags: Flags<Name>): Host | undefined {
  const wsUrl = flags["ws-url"];
  const restUrl = flags["rest-url"];
  if (wsUrl === undefined && restUrl === undefined) return undefined;
  if (wsUrl === undefined || restUrl === undefined) {
    refuse({
      code: "bad-flag",
      where: wsUrl === undefined ? "--rest-url" : "--ws-url",
      problem: "needs --ws-url and --rest-url together; got one of them",
      hint: "Pass both.",
    });
  }
  checkUrl("--ws-url", wsUrl, ["ws:", "wss:"]);
  checkUrl("--rest-url", restUrl, ["http:", "https:"]);
  return { wsUrl, restUrl };
}

/** What is known of a given address: that it is Binance's own, or what its user calls it. */
function namedVenue(name: string | undefined, given: Host | undefined): Venue | undefined {
  const isOwn = given !== undefined && isBinance(given);
  if (name === undefined) return isOwn ? BINANCE : undefined;
  const refusal =
    given === undefined
      ? "needs an exchange of another address, --ws-url and --rest-url; got none"
      : isOwn || name === BINANCE.name
        ? `needs a name that is not Binance's, and no address of Binance; got ${quote(name, 60)}`
        : !/^[a-z0-9][a-z0-9-]{0,99}$/.test(name)
          ? `needs lower-case letters, digits and -; got ${quote(name, 60)}`
          : undefined;
  if (refusal !== undefined)
    refuse({
      code: "bad-flag",
      where: "--venue-name",
      problem: refusal,
      hint: "Leave it out, or pass for example --venue-name my-exchange.",
    });
  return { name, kind: "other", detail: `${new URL(given!.restUrl).host}, named by its user` };
}

function checkUrl(flag: string, text: string, protocols: readonly string[]): void {
  if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return;
  refuse({
    code: "bad-flag",
    where: flag,
    problem: `needs an address that begins with ${protocols.map((p) => `${p}//`).join(" or ")}; got ${quote(text)}`,
    hint: `Pass for example ${protocols[0]}//127.0.0.1:9443.`,
  });
}

function checkExchangeFlags(flags: Flags<Name>, isOurs: boolean): void {
  for (const name of [...(Object.keys(EXCHANGE_FLAGS) as Name[]), "plan", "exchange-port"] as const) {
    if (flags[name] === undefined || isOurs) continue;
    refuse({
      code: "bad-flag",
      where: `--${name}`,
      problem: "needs --venue sim or replay with the exchange started here",
      hint: "Pass --venue sim and no addresses, or leave it out.",
    });
  }
}

/** Gives a new database of the simulated market its past, where one was asked for. */
function begin(
  { past, seed, speed }: Flags<Name>,
  venue: string,
  db: string,
  asked: readonly string[] | undefined,
): void {
  if (past === undefined) return;
  if (venue !== "sim" || (speed !== undefined && speed !== "1")) {
    refuse({
      code: "bad-flag",
      where: "--past",
      problem:
        "needs --venue sim at its own speed: another market has no past that is known before it is collected",
      hint: "Leave it out.",
    });
  }
  storeSimulatedPast(db, {
    seed: seed === undefined ? 7 : numberFlag("seed", seed, 0, Number.MAX_SAFE_INTEGER),
    symbols: asked ?? DEFAULT_SYMBOLS.split(","),
    pastUs: parseDuration(past, "--past"),
    nowUs: systemClock.nowUs(),
  });
}

function processFlags(flags: Flags<Name>): string[] {
  const { tape, symbols, plan } = flags;
  return [
    ...exchangeFlags(flags),
    ...(tape !== undefined && symbols !== undefined && isDatabase(tape) ? ["--symbols", symbols] : []),
    ...(plan === undefined ? [] : ["--plan", plan]),
    "--port",
    flags["exchange-port"] ?? "0",
  ];
}

function statusLine(status: CollectorStatus): string {
  const line = statusText(status);
  const width = (process.stdout.columns ?? 120) - 1;
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}
