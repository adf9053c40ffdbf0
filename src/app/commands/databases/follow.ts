import type { TickbookError } from "../../../core/errors.ts";
import { random as seeded } from "../../../core/random.ts";
import type { Clock } from "../../../core/time.ts";
import type { Relay } from "../../../pipeline/desk/relay/relay.ts";
import { backoffMs } from "../../../pipeline/net/backoff.ts";
import type { ProgressTeller } from "../../terminal/progress.ts";
import { audit, NOT_THERE, say } from "./publish-words.ts";

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

export interface Following {
  readonly open: () => Promise<Relay>;
  /** Count everything at once, too. */
  readonly isAudit: boolean;
  readonly teller: ProgressTeller;
  /** Resolves when it is to end. */
  readonly asked: Promise<undefined>;
  readonly clock: Clock;
}

/** Passes for ever. A server that is away, or full, is waited for; what it took stays taken. */
export async function follow({ open, isAudit, teller, asked, clock }: Following): Promise<number> {
  const random = seeded(process.pid);
  let isAsked = false;
  asked.then(() => {
    isAsked = true;
  });
  const pause = (ms: number): Promise<unknown> => {
    let cancel = (): void => {};
    const over = new Promise<void>((resolve) => {
      cancel = clock.after(ms, resolve);
    });
    return Promise.race([over, asked]).finally(cancel);
  };
  let relay: Relay | undefined;
  let failures = 0;
  let confirmMs = Number.NEGATIVE_INFINITY;
  let auditMs = isAudit ? Number.NEGATIVE_INFINITY : clock.monotonicMs();
  try {
    while (!isAsked) {
      try {
        if (relay === undefined) {
          relay = await open();
          const { label: to, collector } = relay;
          say(teller, `Publishing to ${to} as ${collector}.`, { event: "publishing", to, collector });
        }
        await relay.pass();
        const nowMs = clock.monotonicMs();
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
    if (relay === undefined) {
      say(teller, "Ended while the server was away: what is not there yet is sent the next time.", {
        event: "ended-waiting",
      });
      return 0;
    }
    // what was committed last goes out, too
    await relay.pass();
    await relay.confirm();
    return 0;
  } finally {
    relay?.close();
  }
}
