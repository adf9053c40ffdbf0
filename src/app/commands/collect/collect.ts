import { once } from "node:events";
import { dirname, join, resolve } from "node:path";
import { plainText, quote, refuse, TickbookError } from "../../../core/errors.ts";
import { random } from "../../../core/random.ts";
import { parseDuration } from "../../../core/time.ts";
import { venueLabel } from "../../../core/trade.ts";
import { httpGet } from "../../../pipeline/net/http.ts";
import { useProxy } from "../../../pipeline/net/proxy.ts";
import { openSocket } from "../../../pipeline/net/socket.ts";
import { placeWarning } from "../../../pipeline/store/file/place.ts";
import { BINANCE, BINANCE_HOSTS, type Host } from "../../../pipeline/venues/binance/info.ts";
import { systemClock } from "../../clock.ts";
import { logFile, startCollector } from "../../collector/collect.ts";
import type { Collector } from "../../collector/collector.ts";
import type { CollectSettings, CollectWorld } from "../../collector/collector-types.ts";
import { askCollector } from "../../collector/control/client.ts";
import { importing } from "../../collector/control/importing.ts";
import { openControl } from "../../collector/control/server.ts";
import type { SymbolChoice } from "../../collector/symbols/choice.ts";
import { type ExchangeProcess, startExchangeProcess } from "../../processes/exchange-process.ts";
import { runCommand, type Typed } from "../../terminal/command-line.ts";
import { type Log, logLine } from "../../terminal/log.ts";
import { stopRequest } from "../../terminal/stop-request.ts";
import { checkApart, chosenVenue, defaultSymbols } from "../venue-flags.ts";
import { watchConfig, withConfig } from "./config-file.ts";
import { COLLECT, type CollectFlag, type CollectFlags } from "./flags.ts";
import { archivePlan, chosenBy, metricsFor } from "./options.ts";
import { beginPast, checkExchangeFlags, givenHost, namedVenue, processFlags } from "./origin.ts";
import { openPrinter } from "./printer.ts";
import { requestsTo } from "./requests.ts";

/** Of refusals; any other is 2. What a disk refuses may pass: whoever keeps the collector running starts it again. */
const EXIT_CODES = { unreachable: 3, "writer-failed": 1, "system-error": 1 };

/** Runs the collector as a program. Exit codes: 0 stopped, 2 refused, 3 unreachable, 4 a symbol's ids have started over and are not stored, 1 trades were not stored or the exchange died. */
export function collectMain(argv: readonly string[]): Promise<number> {
  const work = ({ flags }: Typed<CollectFlag>): Promise<number> => {
    useProxy(process.env);
    return run(withConfig(flags));
  };
  return runCommand(COLLECT, argv, work, EXIT_CODES);
}

/** What the flags ask for, checked before anything is begun. */
interface Asked {
  readonly flags: CollectFlags;
  readonly choice: SymbolChoice | undefined;
  readonly durationMs: number | undefined;
  readonly statusMs: number;
  readonly given: Host | undefined;
  readonly settings: Pick<CollectSettings, "venue" | "db" | "archive" | "failIfUnreachable">;
  /** The built-in exchange is started for it. */
  readonly ownExchange: "sim" | "replay" | undefined;
}

function askedBy(flags: CollectFlags): Asked {
  const choice = chosenBy(flags);
  const ms = (name: "duration" | "status-every"): number | undefined => {
    const text = flags[name];
    return text === undefined ? undefined : parseDuration(text, `--${name}`) / 1000;
  };
  const given = givenHost(flags);
  const named = namedVenue(flags["venue-name"], given);
  const venue = chosenVenue(flags);
  const ownExchange = venue === "binance" || given !== undefined ? undefined : venue;
  checkExchangeFlags(flags, ownExchange !== undefined);
  const db = flags.db ?? join("data", `${venue}.db`);
  checkApart(flags.tape, db);
  if (flags.tape !== undefined && choice?.mostTraded !== undefined)
    refuse({
      code: "bad-flag",
      where: "--most-traded",
      problem: "needs a market with a day behind it; a tape begins without one",
      hint: "Name the symbols, or leave it out.",
    });
  return {
    flags,
    choice,
    durationMs: ms("duration"),
    statusMs: Math.max(100, ms("status-every") ?? (process.stdout.isTTY === true ? 1000 : 60_000)),
    given,
    ownExchange,
    settings: {
      venue: given !== undefined ? named : ownExchange !== undefined ? undefined : BINANCE,
      db,
      archive: archivePlan(flags["archive-after"], flags.keep),
      failIfUnreachable: flags["fail-if-unreachable"] === "true",
    },
  };
}

async function run(flags: CollectFlags): Promise<number> {
  const asked = askedBy(flags);
  const { db } = asked.settings;
  const printer = openPrinter(db, flags.quiet === "true");
  const stop = stopRequest({ withTerminal: false });
  const stopping = new AbortController();
  void stop.asked.then(() => stopping.abort());
  let exchange: ExchangeProcess | undefined;
  let exchangeDied = false;
  try {
    if (asked.ownExchange !== undefined) {
      beginPast(flags, asked.ownExchange, db, asked.choice?.names);
      exchange = await startExchangeProcess(processFlags(flags), {
        died: (code, said) => {
          exchangeDied = true;
          const message = `the built-in exchange ended with code ${code}${said === "" ? "" : `: ${said}`}`;
          printer.log({ level: "error", event: "exchange-died", message });
          stopping.abort();
        },
        tapeEnded: () => {
          const message = "the tape has been played to its end";
          printer.log({ level: "info", event: "tape-ended", message });
        },
      });
    }
    const code = await collect(asked, exchange, { printer, stopping });
    return code === 0 && exchangeDied ? 1 : code;
  } finally {
    await exchange?.stop();
    stop.done();
    printer.close();
    if (process.connected === true) process.disconnect();
  }
}

interface Stage {
  readonly printer: ReturnType<typeof openPrinter>;
  readonly stopping: AbortController;
}

async function collect(
  asked: Asked,
  exchange: ExchangeProcess | undefined,
  { printer, stopping }: Stage,
): Promise<number> {
  const { flags, choice, given, settings } = asked;
  const { log } = printer;
  const onTape = flags.tape === undefined ? undefined : exchange?.symbols;
  const usual = onTape ?? defaultSymbols(chosenVenue(flags) === "sim" ? "sim" : "binance").split(",");
  let failure: Error | undefined;
  const collector = await startWhenFree(
    {
      ...settings,
      hosts: given !== undefined ? [given] : exchange !== undefined ? [exchange] : BINANCE_HOSTS,
      symbols: choice ?? { names: usual, patterns: [] },
      listed: onTape,
      quarantine: quarantineFor(settings.db),
      onFailure: (error) => {
        failure = error;
        stopping.abort();
      },
    },
    worldOf(log, stopping.signal),
  );
  if (collector === undefined) return 0;
  const end = await attend(asked, collector, log);
  const endStatus = every(asked.statusMs, () => printer.status(collector.status()));
  const { durationMs } = asked;
  const endOfDuration =
    durationMs === undefined ? () => {} : systemClock.after(durationMs, () => stopping.abort());
  if (!stopping.signal.aborted) await once(stopping.signal, "abort");
  endStatus();
  endOfDuration();
  await end();
  const lost = await collector.stop();
  const symbols = Object.values(collector.status().symbols);
  const stored = symbols.reduce((sum, one) => sum + one.stored, 0);
  log({
    level: lost === 0 ? "info" : "error",
    event: "stopped",
    stored,
    lost,
    message: `stopped: ${stored} trades stored${lost === 0 ? "" : `, ${lost} received ones were not`}`,
  });
  if (failure !== undefined) throw asRefusal(failure, settings.db);
  if (lost > 0) return 1;
  return symbols.some(({ anew }) => anew > 0) ? 4 : 0;
}

const FREE_AGAIN_MS = 2000;

/** Starts the collector; where a command (an import, an archiving) has the database for a while, when that is over. */
async function startWhenFree(settings: CollectSettings, world: CollectWorld): Promise<Collector | undefined> {
  for (let isTold = false; !world.signal.aborted; isTold = true) {
    try {
      return await startCollector(settings, world);
    } catch (error) {
      if (!(error instanceof TickbookError) || error.code !== "database-in-use") throw error;
      const { db } = settings;
      // another collector does not go away by itself
      if (await hasCollector(db)) throw error;
      const message = `${db} is being written by another program: an import, an archiving, or a collector that ends. It is begun when that is over.`;
      if (!isTold) world.log({ level: "warn", event: "database-in-use", message });
    }
    await new Promise<void>((resolve) => {
      const cancel = world.clock.after(FREE_AGAIN_MS, resolve);
      const stop = (): void => {
        cancel();
        resolve();
      };
      world.signal.addEventListener("abort", stop, { once: true });
    });
  }
  return undefined;
}

/** Whether a collector is there: one that answers, or stands still. */
async function hasCollector(db: string): Promise<boolean> {
  try {
    return (await askCollector(db, { do: "status" })) !== undefined;
  } catch (error) {
    return error instanceof TickbookError && error.code === "stands-still";
  }
}

/** Does something again and again, years apart if need be. Returns what ends it. */
function every(ms: number, work: () => void): () => void {
  const again = (): void => {
    cancel = systemClock.after(ms, again);
    work();
  };
  let cancel = systemClock.after(ms, again);
  return () => cancel();
}

function worldOf(log: Log, signal: AbortSignal): CollectWorld {
  return {
    clock: systemClock,
    random: random(systemClock.nowUs()),
    get: httpGet({ deadlineMs: 15_000, maxBytes: 16 << 20, stop: signal }),
    openSocket,
    log,
    signal,
  };
}

/** Keeps what was received and can't be stored in a file of its own. */
function quarantineFor(db: string): CollectSettings["quarantine"] {
  const toFile = logFile(db, "rejected.log");
  return (why, what) =>
    toFile(logLine(systemClock.nowUs(), { level: "error", event: "rejected", why, what: quote(what, 1000) }));
}

/** Opens what a running collector can be asked by: metrics, requests, its configuration file. Returns what closes them. */
async function attend(
  { flags, settings }: Asked,
  collector: Collector,
  log: Log,
): Promise<() => Promise<void>> {
  const metrics = await metricsFor(flags, settings.db, collector, log).catch(async (error: unknown) => {
    await collector.stop();
    throw error;
  });
  const imports = importing(settings.db, collector);
  const closeControl = await openControl(settings.db, requestsTo(collector, imports), log);
  const unwatch =
    flags.config === undefined
      ? () => {}
      : watchConfig(flags.config, systemClock, (changed) => takeUp(changed, flags, collector, log));
  tellStart(collector, settings.db, metrics.port, log);
  return async () => {
    unwatch();
    await closeControl();
    await imports.stop();
    await metrics.close();
  };
}

/** A configuration file that was changed: its symbols are collected from now on, the rest is said. */
function takeUp(
  changed: CollectFlags | TickbookError,
  before: CollectFlags,
  collector: Collector,
  log: Log,
): void {
  const refused = (error: unknown): void => {
    const { message } = error as Error;
    log({ level: "error", event: "config", message: `${plainText(message)} All stays as it was.` });
  };
  if (changed instanceof TickbookError) {
    refused(changed);
    return;
  }
  const names = Object.keys({ ...before, ...changed }).filter(
    (name) => name !== "config" && name !== "symbols" && name !== "most-traded",
  ) as (keyof CollectFlags)[];
  // what stands on the command line stays
  const others = names.filter((name) => changed[name] !== undefined && changed[name] !== before[name]);
  if (others.length > 0) {
    const message = `${before.config}: ${others.join(", ")} count from the next start on`;
    log({ level: "warn", event: "config", message });
  }
  try {
    const choice = chosenBy(changed);
    if (choice !== undefined) collector.choose(choice).catch(refused);
  } catch (error) {
    refused(error);
  }
}

function tellStart(collector: Collector, db: string, metricsPort: number | undefined, log: Log): void {
  const warning = placeWarning(dirname(resolve(db)));
  if (warning !== undefined)
    log({ level: "warn", event: "place", message: `${warning}. Pass a --db on a local disk.` });
  const { venue } = collector;
  const symbols = Object.keys(collector.status().symbols);
  const label = venueLabel(venue);
  const named =
    symbols.length > 20
      ? `${symbols.slice(0, 20).join(", ")} and ${symbols.length - 20} more`
      : symbols.join(", ");
  log({
    level: "info",
    event: "started",
    venue,
    db,
    symbols,
    ...(metricsPort !== undefined && { metricsPort }),
    message: `collecting ${named} from ${label === "" ? venue.detail : label} into ${db}`,
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
