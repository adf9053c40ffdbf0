import type { Clock } from "../../../core/time.ts";
import type { ExchangeSettings } from "../settings.ts";

/** The verdict on one request: admitted, or to be refused with this status. */
export interface WeightVerdict {
  readonly status: 200 | 418 | 429;
  /** Weight used in the running minute, this request included where it was admitted. */
  readonly used: number;
  readonly retryAfterS: number;
  /** When a ban ends. */
  readonly untilMs: number;
}

export interface Weights {
  spend(address: string, weight: number): WeightVerdict;
}

const MINUTE_MS = 60_000;
const LONGEST_BAN_MS = 3 * 86_400_000;

interface Account {
  minute: number;
  used: number;
  refusals: number;
  bans: number;
  bannedUntilMs: number;
}

/** Request weight by address and calendar minute; who goes on after 429 is banned, each time twice as long. */
export function weights(settings: ExchangeSettings, clock: Clock): Weights {
  const accounts = new Map<string, Account>();
  return {
    spend(address, weight) {
      const nowMs = Math.floor(clock.nowUs() / 1000);
      const minute = Math.floor(nowMs / MINUTE_MS);
      let account = accounts.get(address);
      if (!account) {
        account = { minute, used: 0, refusals: 0, bans: 0, bannedUntilMs: 0 };
        accounts.set(address, account);
      }
      if (account.minute !== minute) {
        account.minute = minute;
        account.used = 0;
        account.refusals = 0;
      }
      const verdict = (status: 200 | 418 | 429, untilMs: number): WeightVerdict => ({
        status,
        used: account.used,
        retryAfterS: Math.max(1, Math.ceil((untilMs - nowMs) / 1000)),
        untilMs,
      });
      if (nowMs < account.bannedUntilMs) return verdict(418, account.bannedUntilMs);
      if (account.used + weight <= settings.weightPerMinute) {
        account.used += weight;
        return verdict(200, 0);
      }
      account.refusals++;
      if (account.refusals <= settings.banAfter) return verdict(429, (minute + 1) * MINUTE_MS);
      account.bannedUntilMs = nowMs + Math.min(LONGEST_BAN_MS, settings.banMs * 2 ** account.bans);
      account.bans++;
      account.refusals = 0;
      return verdict(418, account.bannedUntilMs);
    },
  };
}
