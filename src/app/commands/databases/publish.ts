import { refuse, type TickbookError } from "../../../core/errors.ts";
import { random as seeded } from "../../../core/random.ts";
import type { Audited } from "../../../pipeline/desk/relay/audit.ts";
import { openRelay, type Relay } from "../../../pipeline/desk/relay/relay.ts";
import { deskUser } from "../../../pipeline/desk/wire/address.ts";
import { backoffMs } from "../../../pipeline/net/backoff.ts";
import { systemClock } from "../../clock.ts";
import { runCommand } from "../../terminal/command-line.ts";
import type { Command, Flags } from "../../terminal/flags.ts";
import type { ProgressTeller } from "../../terminal/progress.ts";
import { type StopRequest, stopRequest } from "../../terminal/stop-request.ts";

/** A line that stays; programs find the sentence in it, too. */
function say(teller: ProgressTeller, message: string, fields: Readonly<Record<string, unknown>>): void {
  teller.say(message, { ...fields, message });
}

export const PUBLISH = {
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
} as const satisfies Command<string>;

type Name = keyof (typeof PUBLISH)["flags"];

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
      onTakenBack: ({ venue, symbol }, { trades, problem }) => {
        const what = `An import of ${symbol} (${venue}) that was taken back is taken away there: ${trades.toLocaleString("en")} trades.`;
        const rest =
          problem === undefined
            ? ""
            : ` No reader sees them, but they could not be deleted: ${problem.message}`;
        say(teller, `${what}${rest}`, {
          event: "taken-back",
          venue,
          symbol,
          trades,
          deleted: problem === undefined,
        });
      },
    });
  if (flags.follow === "true") return follow(open, flags.audit === "true", teller, stop);
  const relay = await open();
  try {
    return await once(relay, flags.audit === "true", teller);
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

async function audit(relay: Relay, teller: ProgressTeller): Promise<number> {
  const audited = await relay.audit((blocks) =>
    teller.progress({ of: relay.label, phase: "counting", done: blocks, total: 0 }),
  );
  say(teller, auditText(audited), { event: "audited", ...audited });
  return audited.unmended + audited.lost + audited.conflicts > 0 ? 1 : 0;
}

function auditText({ blocks, differing, sentAgain, lost, conflicts, unmended }: Audited): string {
  const n = (value: number): string => value.toLocaleString("en");
  if (differing === 0) return `${n(blocks)} blocks counted: all are as they were sent.`;
  const parts = [
    `${n(blocks)} blocks counted: ${n(differing)} were not as they were sent, and ${n(sentAgain)} trades were sent again.`,
  ];
  if (conflicts > 0)
    parts.push(
      `Of ${n(conflicts)} trades another collector's copy says something else; the one received first stays, the other is listed.`,
    );
  if (lost > 0)
    parts.push(
      `${n(lost)} trades are lost: the server does not hold them, and they are no longer kept here.`,
    );
  if (unmended > 0)
    parts.push(
      `${n(unmended)} blocks are still not there: ask the server's operator, and run the audit again.`,
    );
  return parts.join("\n");
}

const NOT_THERE = "Some of it was not there when it was counted, and was sent again.";

const EVERY_MS = 1000;
const CONFIRM_EVERY_MS = 20_000;
const AUDIT_EVERY_MS = 86_400_000;
const WAIT = { firstMs: 1000, capMs: 60_000 };
/** What waiting does not mend. */
const FINAL = [
  "desk-denied",
  "newer-desk",
  "name-taken",
  "relay-running",
  "bad-address",
  "secret-in-address",
  "bad-flag",
  "unknown-cluster",
  "desk-on-one-node",
  "insert-not-waited-for",
  "no-database",
  "unreadable-database",
];

/** Passes for ever. A server that is away, or full, is waited for; what it took stays taken. */
async function follow(
  open: () => Promise<Relay>,
  isAudit: boolean,
  teller: ProgressTeller,
  stop: StopRequest,
): Promise<number> {
  const random = seeded(process.pid);
  let isAsked = false;
  stop.asked.then(() => {
    isAsked = true;
  });
  const pause = (ms: number): Promise<unknown> => {
    let cancel = (): void => {};
    const over = new Promise<void>((resolve) => {
      cancel = systemClock.after(ms, resolve);
    });
    return Promise.race([over, stop.asked]).finally(cancel);
  };
  let relay: Relay | undefined;
  let failures = 0;
  let confirmMs = Number.NEGATIVE_INFINITY;
  let auditMs = isAudit ? Number.NEGATIVE_INFINITY : systemClock.monotonicMs();
  try {
    while (!isAsked) {
      try {
        if (relay === undefined) {
          relay = await open();
          const { label: to, collector } = relay;
          say(teller, `Publishing to ${to} as ${collector}.`, { event: "publishing", to, collector });
        }
        await relay.pass();
        const nowMs = systemClock.monotonicMs();
        if (nowMs - confirmMs >= CONFIRM_EVERY_MS) {
          confirmMs = nowMs;
          if (!(await relay.confirm())) say(teller, NOT_THERE, { event: "sent-again" });
        }
        if (nowMs - auditMs >= AUDIT_EVERY_MS) {
          auditMs = nowMs;
          await audit(relay, teller);
        }
        if (failures > 0) say(teller, "The server answers again.", { event: "back" });
        failures = 0;
        await pause(EVERY_MS);
      } catch (error) {
        const { code, message } = error as TickbookError;
        if (typeof code !== "string" || FINAL.includes(code)) throw error;
        const waitMs = backoffMs(failures++, random, WAIT);
        const seconds = Math.ceil(waitMs / 1000);
        if (failures === 1 || failures % 10 === 0)
          say(teller, `${message} Trying again in ${seconds} s.`, { event: "waiting", code, failures });
        // what the server holds is asked anew
        relay?.close();
        relay = undefined;
        await pause(waitMs);
      }
    }
    // what was committed last goes out, too
    await relay?.pass();
    await relay?.confirm();
    return 0;
  } finally {
    relay?.close();
  }
}
