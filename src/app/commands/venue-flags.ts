import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { quote, refuse } from "../../core/errors.ts";

/** Where trades come from: Binance, the built-in exchange with a seeded market, or the same with a tape. */
export type VenueChoice = "binance" | "sim" | "replay";

/** The symbols of a venue that are collected unless some are named; of the simulated market those whose truth is known. */
export function defaultSymbols(venue: Exclude<VenueChoice, "replay">): string {
  return venue === "sim"
    ? "BTCUSDT,ETHUSDT,SOLUSDT,AVAXUSDT,LTCUSDT,BCHUSDT,BNBUSDT,XRPUSDT"
    : "BTCUSDT,ETHUSDT,SOLUSDT,BNBUSDT,XRPUSDT,DOGEUSDT";
}

/** Flags of the commands that may start the built-in exchange; all of them are handed on to it. */
export const EXCHANGE_FLAGS = {
  seed: { value: "N", help: "sim: seed of the market" },
  tape: { value: "PATH", help: "replay: a database or a recording, played as if it were live" },
  from: { value: "TIME", help: "replay of a database: from here on (UTC), for example 2026-01-31T12:00" },
  to: { value: "TIME", help: "replay of a database: up to here, not included" },
  "tape-venue": {
    value: "NAME",
    help: "replay of a database: the venue to play (the one that received a trade last)",
  },
  speed: { value: "X", help: "sim, replay: how many times faster than real time, or max" },
} as const;

type ExchangeFlag = keyof typeof EXCHANGE_FLAGS;

interface Given extends Readonly<Partial<Record<ExchangeFlag, string>>> {
  readonly venue?: string;
}

/** What `--venue` and `--tape` say together. */
export function chosenVenue(flags: Given): VenueChoice {
  const { venue, tape } = flags;
  if (venue !== undefined && venue !== "binance" && venue !== "sim" && venue !== "replay") {
    bad("--venue", `needs binance, sim or replay; got ${quote(venue, 60)}`, "Pass one of them.");
  }
  if (venue === "binance" && tape !== undefined) {
    bad(
      "--tape",
      "needs the built-in exchange to replay it; got --venue binance beside it",
      "Leave --venue out.",
    );
  }
  if (venue === "replay" && tape === undefined) {
    bad("--venue", "replay needs a --tape to play; got none", "Pass for example --tape data/binance.db.");
  }
  for (const name of ["from", "to", "tape-venue"] as const) {
    if (flags[name] === undefined || tape !== undefined) continue;
    bad(
      `--${name}`,
      "needs a --tape, of which it chooses a part; got none",
      "Leave it out, or pass a database.",
    );
  }
  return tape === undefined ? ((venue as VenueChoice | undefined) ?? "binance") : "replay";
}

/** The flags that are handed on. */
export function exchangeFlags(flags: Given): string[] {
  return (Object.keys(EXCHANGE_FLAGS) as ExchangeFlag[]).flatMap((name) =>
    flags[name] === undefined ? [] : [`--${name}`, flags[name]],
  );
}

/** A replay is never written into the database it is read from. */
export function checkApart(tape: string | undefined, db: string): void {
  if (tape === undefined || pathOf(tape) !== pathOf(db)) return;
  bad(
    "--db",
    `needs another database than the tape; both are ${quote(db, 120)}`,
    "Pass for example --db data/again.db.",
  );
}

function pathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function bad(where: string, problem: string, hint: string): never {
  refuse({ code: "bad-flag", where, problem, hint });
}
