import { quote, refuse } from "../../core/errors.ts";
import { askCollector } from "../collector/control/client.ts";
import type { SymbolsChanged } from "../collector/symbols/changes.ts";
import { findDatabase } from "../data/open-source.ts";
import { runCommand, type Typed } from "../terminal/command-line.ts";
import { type Command, listFlag } from "../terminal/flags.ts";
import { type StatusFacts, statusText } from "../terminal/status-text.ts";

const COMMAND = {
  usage: "npm run control --",
  about:
    "Asks the collector that runs on a database: how it stands, or to collect other symbols from now on. What is changed so\n" +
    "lasts until it is started again; a --config file lasts.",
  flags: {
    db: { value: "FILE", help: "its database (the one that is being filled)" },
    add: { value: "A,B", help: "symbols to collect as well, or patterns: '*USDT'" },
    remove: { value: "A,B", help: "symbols to collect no longer; what is stored of them stays" },
  },
} as const satisfies Command<string>;

/** Runs the request as a program. Exit codes: 0 done, 2 refused, 3 no collector runs there. */
export function controlMain(argv: readonly string[]): Promise<number> {
  return runCommand(COMMAND, argv, ask, { "no-collector": 3 });
}

async function ask({ flags, teller }: Typed<keyof (typeof COMMAND)["flags"]>): Promise<number> {
  const db = findDatabase("--db", flags.db);
  const [add, remove] = [flags.add, flags.remove].map((one) => (one === undefined ? [] : listFlag(one)));
  const isChange = add!.length + remove!.length > 0;
  const answer = await askCollector(db, isChange ? { do: "symbols", add, remove } : { do: "status" });
  if (answer === undefined) {
    refuse({
      code: "no-collector",
      where: db,
      problem: `needs a collector that runs on it and takes requests; none answers at ${quote(`${db}.sock`, 200)}`,
      hint: "Start it: npm run collect.",
    });
  }
  if (!isChange) {
    const status = answer.result as StatusFacts & Readonly<Record<string, unknown>>;
    teller.say(statusText(status), status);
  } else {
    const changed = answer.result as SymbolsChanged;
    const said = `${changed.added.length} added, ${changed.removed.length} removed; ${changed.symbols.length} are collected.`;
    teller.say(said, { event: "symbols", ...changed });
  }
  return 0;
}
