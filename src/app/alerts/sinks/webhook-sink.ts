import { quote, refuse } from "../../../core/errors.ts";
import type { Clock } from "../../../core/time.ts";
import type { AlertRecord } from "../../../pipeline/store/alert-store.ts";
import type { AlertSink } from "./sink.ts";
import { type MailAddresses, type WebhookFormat, webhookTarget } from "./webhook-body.ts";

export interface WebhookSettings {
  readonly url: string;
  readonly history: number;
  readonly clock: Clock;
  /** What is posted; JSON for programs unless told. */
  readonly as?: WebhookFormat;
  readonly mail?: MailAddresses;
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: string;
  readonly timeoutMs?: number;
  /** Events that wait at the most; beyond, the oldest is given up. */
  readonly mostWaiting?: number;
  /** Tries of one event, with 1, 2, 4 … at most 60 seconds in between. */
  readonly tries?: number;
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

/** Checks a webhook's address; no message ever holds more of it than its host. */
export function webhookUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && url.username + url.password !== "") {
    return refuse({
      code: "bad-webhook",
      where: "--webhook",
      problem: "needs an address without a name and password in it",
      hint: "Set TICKBOOK_WEBHOOK_TOKEN: it is sent as a bearer token.",
    });
  }
  if (url !== undefined && (url.protocol === "https:" || url.protocol === "http:")) return url;
  return refuse({
    code: "bad-webhook",
    where: "--webhook",
    problem: `needs an address that begins with https:// or http://; got ${url === undefined ? "something else" : quote(url.protocol, 20)}`,
    hint: "Pass for example https://example.org/hook.",
  });
}

/**
 * Posts told events, one after the other, as JSON. What is refused for good (a status of 4xx other than 408 and 429) is given
 * up at once, what fails otherwise after `tries`; both are counted. An event that was under way at a kill comes again, with
 * the same id, also in the header `Idempotency-Key`.
 */
export function webhookSink(settings: WebhookSettings): AlertSink {
  const { history, clock, token, timeoutMs = 5000, mostWaiting = 1000, tries = 8 } = settings;
  const { as = "json", mail = { from: undefined, to: undefined } } = settings;
  const { url, body } = webhookTarget(webhookUrl(settings.url), as, mail);
  const waiting: { readonly record: AlertRecord; readonly done: (id: number) => void }[] = [];
  const stop = new AbortController();
  let dropped = 0;
  let reason = "";
  let running: Promise<void> | undefined;

  /** Undefined: delivered; else why not, and whether there is sense in another try. */
  const post = async (record: AlertRecord): Promise<{ why: string; again: boolean } | undefined> => {
    try {
      const response = await fetch(url, {
        method: "POST",
        redirect: "manual",
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), stop.signal]),
        headers: {
          "content-type": "application/json",
          "user-agent": "tickbook",
          "idempotency-key": `${history}-${record.id}`,
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body(record, history)),
      });
      await response.body?.cancel();
      if (response.ok) return undefined;
      const { status } = response;
      return { why: `HTTP ${status}`, again: status >= 500 || status === 408 || status === 429 };
    } catch (error) {
      return { why: (error as Error).name === "TimeoutError" ? "no answer" : "no connection", again: true };
    }
  };
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        cancel();
        stop.signal.removeEventListener("abort", end);
        resolve();
      };
      const cancel = clock.after(ms, end);
      stop.signal.addEventListener("abort", end);
    });
  const run = async (): Promise<void> => {
    for (let next = waiting[0]; next !== undefined && !stop.signal.aborted; next = waiting[0]) {
      let failed = await post(next.record);
      for (
        let attempt = 1;
        failed?.again && attempt < tries && waiting[0] === next && !stop.signal.aborted;
        attempt++
      ) {
        reason = failed.why;
        await pause(Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS));
        if (!stop.signal.aborted) failed = await post(next.record);
      }
      if (stop.signal.aborted && failed !== undefined) return;
      reason = failed?.why ?? "";
      if (waiting[0] !== next) continue;
      waiting.shift();
      if (failed !== undefined) dropped++;
      next.done(next.record.id);
    }
  };
  const start = (): void => {
    running ??= run().finally(() => {
      running = undefined;
      if (waiting.length > 0 && !stop.signal.aborted) start();
    });
  };
  return {
    name: `webhook ${url.host}`,
    send: (records, done) => {
      for (const record of records) waiting.push({ record, done });
      while (waiting.length > mostWaiting) {
        const oldest = waiting.shift()!;
        dropped++;
        oldest.done(oldest.record.id);
      }
      start();
    },
    trouble: () => {
      const parts = [
        waiting.length > 0 && reason !== "" ? `${waiting.length} waiting` : "",
        dropped > 0 ? `${dropped} given up` : "",
      ].filter(Boolean);
      return parts.length === 0 ? "" : `webhook: ${parts.join(", ")}${reason && ` (${reason})`}`;
    },
    close: async (graceMs) => {
      const cancel = clock.after(graceMs, () => stop.abort());
      await running;
      cancel();
      stop.abort();
    },
  };
}
