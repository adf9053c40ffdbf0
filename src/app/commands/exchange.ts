import { readFileSync, statSync } from "node:fs";
import { quote, refuse, TickbookError } from "../../core/errors.ts";
import { NO_PLAN, readPlan } from "../../pipeline/exchange/faults/plan.ts";
import { simulatedMarket } from "../../pipeline/exchange/market/market.ts";
import { WORLD } from "../../pipeline/exchange/market/world.ts";
import { startExchange } from "../../pipeline/exchange/server.ts";
import type { MarketSource } from "../../pipeline/exchange/source.ts";
import { openStoredTape } from "../../pipeline/exchange/tape/stored-tape.ts";
import { readTape } from "../../pipeline/exchange/tape/tape.ts";
import type { Speed } from "../../pipeline/exchange/timeline.ts";
import { isDatabase } from "../../pipeline/store/file/is-database.ts";
import { systemClock } from "../clock.ts";
import { runCommand } from "../terminal/command-line.ts";
import { type Command, type Flags, listFlag, numberFlag, timeFlag } from "../terminal/flags.ts";
import { stopRequest } from "../terminal/stop-request.ts";
import { EXCHANGE_FLAGS } from "./venue-flags.ts";

const COMMAND = {
  usage: "npm run exchange --",
  about: "Runs an exchange on this machine that speaks Binance's spot protocol (WebSocket and REST).",
  flags: {
    seed: {
      value: "N",
      help: `a market made from this seed, of ${WORLD.symbols.map(({ symbol }) => symbol).join(", ")}: same seed and time, same trades (7)`,
    },
    tape: {
      value: "PATH",
      help: "play a recording: a database, a CSV, a .gz of WebSocket lines, a folder of either, or SYMBOL=PATH",
    },
    from: EXCHANGE_FLAGS.from,
    to: EXCHANGE_FLAGS.to,
    "tape-venue": EXCHANGE_FLAGS["tape-venue"],
    symbols: {
      value: "A,B",
      help: "of a database: the symbols to play (all that have trades in the window)",
    },
    speed: { value: "X", help: "how many times faster than real time, or max", default: "1" },
    port: { value: "P", help: "port to listen on, 0 for any free one", default: "0" },
    plan: { value: "FILE", help: "faults on order: a JSON file, its form is in docs/exchange.md" },
    "exit-with-parent": { help: "end when the program that started this one is gone" },
  },
} as const satisfies Command<string>;

type Name = keyof (typeof COMMAND)["flags"];

/** Runs the built-in exchange as a program until it is stopped. Exit codes: 0 stopped, 2 refused. */
export function exchangeMain(argv: readonly string[]): Promise<number> {
  return runCommand(COMMAND, argv, async ({ flags }) => {
    await run(flags);
    return 0;
  });
}

async function run(flags: Flags<Name>): Promise<void> {
  const speed = readSpeed(flags.speed!);
  const port = numberFlag("port", flags.port!, 0, 65_535);
  const plan = flags.plan === undefined ? NO_PLAN : readPlan(readFile(flags.plan), flags.plan);
  const source = await readSource(flags);
  process.once("uncaughtException", endWithSentence);
  const exchange = await startExchange({ source, clock: systemClock, speed, port, plan });
  const stop = stopRequest({ withTerminal: false });
  const { venue, wsUrl, restUrl } = exchange;
  const symbols = source.symbols.map(({ symbol }) => symbol);
  say(
    { event: "listening", port: exchange.port, wsUrl, restUrl, venue, symbols },
    `${venue.kind} market (${venue.detail}) of ${symbols.join(", ")} at ${wsUrl} and ${restUrl}; Ctrl-C ends it`,
  );
  void exchange.ended.then(() => {
    say({ event: "tape-ended" }, "the tape has ended; the exchange stays up and quiet");
  });
  // without an IPC channel, the end of standard input is the end of the parent
  const readsInput = flags["exit-with-parent"] === "true" && process.send === undefined;
  await (readsInput ? Promise.race([stop.asked, inputEnd()]) : stop.asked);
  await exchange.close();
  stop.done();
  if (readsInput) process.stdin.destroy();
}

async function readSource(flags: Flags<Name>): Promise<MarketSource> {
  const { tape, seed, from, to, symbols, "tape-venue": venue } = flags;
  if (tape !== undefined && seed !== undefined) {
    refuse({
      code: "bad-flag",
      where: "--tape",
      problem: "needs no --seed, a tape has its own trades; got both",
      hint: "Pass one of the two.",
    });
  }
  if (tape !== undefined && isDatabase(tape)) {
    const [fromUs, toUs] = [timeFlag("from", from), timeFlag("to", to)];
    return openStoredTape(tape, {
      ...(venue !== undefined && { venue }),
      ...(symbols !== undefined && { symbols: listFlag(symbols) }),
      ...(fromUs !== undefined && { fromUs }),
      ...(toUs !== undefined && { toUs }),
    });
  }
  for (const name of ["from", "to", "tape-venue", "symbols"] as const) {
    if (flags[name] === undefined) continue;
    refuse({
      code: "bad-flag",
      where: `--${name}`,
      problem: `needs a --tape that is a database; got ${tape === undefined ? "none" : quote(tape, 120)}`,
      hint: "Leave it out, or pass a .db file.",
    });
  }
  if (tape !== undefined) return readTape([tape]);
  return simulatedMarket(numberFlag("seed", seed ?? "7", 0, Number.MAX_SAFE_INTEGER));
}

/** A tape may turn out to be unreadable while it is played. */
function endWithSentence(error: Error): void {
  if (!(error instanceof TickbookError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}

const MOST_PLAN_BYTES = 4 << 20;

function readFile(path: string): string {
  try {
    const file = statSync(path);
    if (file.isFile() && file.size <= MOST_PLAN_BYTES) return readFileSync(path, "utf8");
    throw Object.assign(new Error(), { code: file.isFile() ? `${file.size} bytes` : "something else" });
  } catch (error) {
    refuse({
      code: "bad-plan",
      where: path,
      problem: `must be a file of at most 4 MB that can be read; got ${(error as NodeJS.ErrnoException).code}`,
      hint: "Check the path and its permissions.",
    });
  }
}

function readSpeed(text: string): Speed {
  if (text === "max") return "max";
  const speed = Number(text);
  if (text.trim() !== "" && speed > 0 && speed <= 100_000) return speed;
  refuse({
    code: "bad-flag",
    where: "--speed",
    problem: `needs a number above 0, up to 100000, or max; got ${quote(text)}`,
    hint: "Pass for example 5.",
    facts: { got: text },
  });
}

/** A sentence for a person at a terminal, a line of JSON for a program. */
function say(event: Readonly<Record<string, unknown>>, sentence: string): void {
  process.stdout.write(`${process.stdout.isTTY ? sentence : JSON.stringify(event)}\n`);
}

function inputEnd(): Promise<void> {
  return new Promise((resolve) => {
    process.stdin.once("end", resolve).resume();
  });
}
