import { statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { quote, refuse } from "../../core/errors.ts";
import { deskAddress } from "../../pipeline/desk/wire/address.ts";
import { type Command, type Flags, numberFlag } from "../terminal/flags.ts";
import {
  checkApart,
  chosenVenue,
  defaultSymbols,
  EXCHANGE_FLAGS,
  exchangeFlags,
  type VenueChoice,
} from "./venue-flags.ts";

type StartFlag =
  | "venue"
  | "symbols"
  | "db"
  | "notebooks"
  | "notebook"
  | "port"
  | "no-browser"
  | "plain"
  | "no-alerts"
  | "alert-rules"
  | "publish"
  | keyof typeof EXCHANGE_FLAGS
  | "exchange-port"
  | "ws-url"
  | "rest-url"
  | "venue-name";

export type StartFlags = Flags<StartFlag>;

const OPENED = "notebooks/live-monitor.ipynb";

export const START: Command<StartFlag> = {
  usage: "npm start --",
  about:
    "Collects an exchange's trades in the background and opens JupyterLab on them. Ctrl-C ends both.\n" +
    "The first run sets the project up: packages, build, a Python environment of its own.",
  flags: {
    venue: {
      value: "NAME",
      help: "binance; or sim or replay, the built-in exchange, which needs no network (binance, with --tape replay)",
    },
    symbols: {
      value: "A,B",
      help: `symbols as the exchange writes them (${defaultSymbols("binance")}; of a tape all that it has)`,
    },
    db: { value: "FILE", help: "database (data/binance.db, data/sim.db or data/replay.db)" },
    notebooks: {
      value: "DIR",
      help: "a folder of your own notebooks, in which JupyterLab opens (the project's)",
    },
    notebook: { value: "FILE", help: `notebook to open (${OPENED}; of DIR none)` },
    port: { value: "P", help: "JupyterLab's port (8888, or the next free one)" },
    plain: { help: "open the notebook itself instead of the desk of its live panels, and run nothing" },
    "no-browser": { help: "print the address only" },
    "alert-rules": { value: "FILE", help: "alert rules (those that come with Tickbook)" },
    "no-alerts": { help: "watch no alerts" },
    publish: { value: "URL", help: "publish what is collected to a ClickHouse server: http://host:8123" },
    ...EXCHANGE_FLAGS,
    "exchange-port": { value: "P", help: "sim, replay: the built-in exchange's port" },
    "ws-url": { value: "URL", help: "another exchange's WebSocket address, with --rest-url" },
    "rest-url": { value: "URL", help: "another exchange's HTTP address, with --ws-url" },
    "venue-name": { value: "NAME", help: "what an exchange that does not name itself is called here" },
  },
};

/** What the collector is started with, and what the notebooks are told of it. */
export interface CollectorPlan {
  readonly venue: VenueChoice;
  /** In words, for a person. */
  readonly what: string;
  /** Absolute path of the database. */
  readonly db: string;
  readonly flags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** The collector's part of the flags; what these are worth the collector itself checks. */
export function planCollector(flags: StartFlags, root: string): CollectorPlan {
  const venue = chosenVenue(flags);
  const db = resolve(root, flags.db ?? join("data", `${venue}.db`));
  checkApart(flags.tape, db);
  const symbols = flags.symbols ?? (venue === "replay" ? undefined : defaultSymbols(venue));
  const passed = (["exchange-port", "ws-url", "rest-url", "venue-name"] as const).flatMap((name) =>
    flags[name] === undefined ? [] : [`--${name}`, flags[name]],
  );
  return {
    venue,
    what: `${symbols ?? "all symbols"} from ${flags.tape ?? venue}`,
    db,
    flags: [
      "--venue",
      venue,
      ...(symbols === undefined ? [] : ["--symbols", symbols]),
      "--db",
      db,
      // the desk's line and z-score have bars from the first second on
      ...(venue === "sim" && flags.speed === undefined ? ["--past", "3h"] : []),
      ...exchangeFlags(flags),
      ...passed,
    ],
    environment: { TICKBOOK_DB: db, ...(symbols !== undefined && { TICKBOOK_SYMBOLS: symbols }) },
  };
}

/** Whether another exchange may take the place of one that can't be reached: not where the user has named its address. */
export const mayFallBack = (flags: StartFlags, plan: CollectorPlan): boolean =>
  plan.venue === "binance" && flags["ws-url"] === undefined && flags["rest-url"] === undefined;

/** The built-in exchange instead, with a database of its own beside the one asked for: venues are never mixed. */
export const fallBack = (flags: StartFlags, plan: CollectorPlan): CollectorPlan =>
  planCollector(
    { ...(flags.symbols !== undefined && { symbols: flags.symbols }), venue: "sim", db: "sim.db" },
    dirname(plan.db),
  );

/** The folder in which JupyterLab opens, and the notebook in it; without one, its list of files. */
export interface NotebookPlan {
  readonly folder: string;
  readonly notebook?: string;
}

export function planNotebook(flags: StartFlags, root: string): NotebookPlan {
  const folder = resolve(root, flags.notebooks ?? ".");
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    refuse({
      code: "no-folder",
      where: "--notebooks",
      problem: `needs a folder; ${quote(flags.notebooks!)} is none`,
      hint: "Make it first, or name another.",
    });
  }
  const given = flags.notebook ?? (flags.notebooks === undefined ? OPENED : undefined);
  return given === undefined ? { folder } : { folder, notebook: notebookIn(folder, given) };
}

function notebookIn(root: string, given: string): string {
  const file = resolve(root, given);
  const isFile = statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  if (!isFile || relative(root, file).split(sep)[0] === "..") {
    refuse({
      code: "no-notebook",
      where: "--notebook",
      problem: `needs a notebook inside ${root}; ${quote(given)} is ${isFile ? "outside it" : "no file"}`,
      hint: `Pass for example ${OPENED}; notebooks of another folder open with --notebooks DIR.`,
    });
  }
  return file;
}

/** What the watch of alerts is started with; undefined: it is not wanted. */
export function planWatch(flags: StartFlags, db: string, root: string): string[] | undefined {
  if (flags["no-alerts"] !== undefined) return undefined;
  const rules = flags["alert-rules"];
  return ["--source", db, "--no-status", ...(rules === undefined ? [] : ["--rules", resolve(root, rules)])];
}

/** What the relay is started with; undefined: nothing is published. */
export function planPublish({ publish }: StartFlags, db: string): string[] | undefined {
  if (publish === undefined) return undefined;
  return ["--db", db, "--to", deskAddress("--publish", publish).label, "--follow"];
}

export const planPort = (flags: StartFlags): number | undefined =>
  flags.port === undefined ? undefined : numberFlag("port", flags.port, 1, 65_535);
