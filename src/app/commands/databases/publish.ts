import { refuse } from "../../../core/errors.ts";
import { openRelay, type Relay } from "../../../pipeline/desk/relay/relay.ts";
import { deskUser } from "../../../pipeline/desk/wire/address.ts";
import { systemClock } from "../../clock.ts";
import { runCommand } from "../../terminal/command-line.ts";
import type { Command, Flags } from "../../terminal/flags.ts";
import type { ProgressTeller } from "../../terminal/progress.ts";
import { type StopRequest, stopRequest } from "../../terminal/stop-request.ts";
import { follow } from "./follow.ts";
import { audit, NOT_THERE, say } from "./publish-words.ts";

type Name = "db" | "to" | "collector" | "cluster" | "follow" | "audit";

export const PUBLISH: Command<Name> = {
  usage: "npm run publish --",
  about:
    "Publishes a collector's database to a ClickHouse server, where any number of desks read it: trades, holes, merged trades,\n" +
    "bars that came as bars, conflicts. Only what is not there yet is sent, and then counted there. May run beside the collector,\n" +
    "and be ended at any time. User and password: TICKBOOK_DESK_USER, TICKBOOK_DESK_PASSWORD. See docs/desk.md.\n" +
    "Ends with 0: all is there; 1: the audit has found what could not be mended, or other contents; 2: refused, or not reached.",
  flags: {
    db: { value: "FILE", help: "the collector's database" },
    to: {
      value: "URL",
      help: "the server: http://host:8123, https://host:8443, with /name for another database",
    },
    collector: {
      value: "NAME",
      help: "what this collector is called there (machine and file, or as before)",
    },
    cluster: {
      value: "NAME",
      help: "make the tables on all nodes of a cluster that the server knows, at the first publish",
    },
    follow: { help: "go on, a second after what is new; a server that is away is waited for" },
    audit: { help: "count everything there, block by block, and send again what is not as it was sent" },
  },
};

/** Runs the relay as a program. Exit codes: 0 all is there, 1 the audit could not mend everything or found other contents, 2 refused. */
export async function publishMain(argv: readonly string[]): Promise<number> {
  const stop = stopRequest({ withTerminal: false });
  try {
    return await runCommand(PUBLISH, argv, ({ flags, teller }) => publish(flags, teller, stop));
  } finally {
    stop.done();
  }
}

async function publish(flags: Flags<Name>, teller: ProgressTeller, stop: StopRequest): Promise<number> {
  const { db, to, collector, cluster } = flags;
  if (db === undefined || to === undefined) {
    return refuse({
      code: "bad-flag",
      where: db === undefined ? "--db" : "--to",
      problem: `needs ${db === undefined ? "the database to publish" : "the server to publish to"}; got none`,
      hint: "Pass for example --db data/binance.db --to http://127.0.0.1:8123.",
    });
  }
  let done = 0;
  const open = (): Promise<Relay> =>
    openRelay({
      ...{ db, to, user: deskUser(), nowUs: systemClock.nowUs },
      ...(collector !== undefined && { collector }),
      ...(cluster !== undefined && { cluster }),
      onSent: ({ trades, left }) => {
        done += trades;
        teller.progress({ of: db, phase: "publishing", done, total: done + left });
      },
      onTakenBack: ({ venue, symbol }, { trades, problem, areMergedLeft }) => {
        const what = `An import of ${symbol} (${venue}) that was taken back is taken away there: ${trades.toLocaleString("en")} trades.`;
        const seen = areMergedLeft ? "Readers still see its merged trades" : "No reader sees them";
        const rest = problem === undefined ? "" : ` ${seen}; they could not be deleted: ${problem.message}`;
        say(teller, `${what}${rest}`, {
          event: "taken-back",
          venue,
          symbol,
          trades,
          deleted: problem === undefined,
        });
      },
    });
  const isAudit = flags.audit === "true";
  if (flags.follow === "true")
    return follow({ open, isAudit, teller, asked: stop.asked, clock: systemClock });
  const relay = await open();
  try {
    return await once(relay, isAudit, teller);
  } finally {
    relay.close();
  }
}

async function once(relay: Relay, isAudit: boolean, teller: ProgressTeller): Promise<number> {
  const passed = await relay.pass();
  const isThere = await relay.confirm();
  const { trades, blocks, left } = passed;
  say(
    teller,
    `${trades.toLocaleString("en")} trades published to ${relay.label} as ${relay.collector}, and counted there.`,
    { event: "published", trades, blocks, left, collector: relay.collector, to: relay.label },
  );
  if (!isThere && !isAudit) say(teller, NOT_THERE, { event: "sent-again" });
  return isAudit || !isThere ? audit(relay, teller) : 0;
}
