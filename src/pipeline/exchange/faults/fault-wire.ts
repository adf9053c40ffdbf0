import type { Clock } from "../../../core/time.ts";
import type { StreamEvent } from "../wire/events.ts";
import type { BareWire, Later, Wire } from "../wire/wire.ts";
import { soundCondition } from "./fault-connection.ts";
import { rewrite } from "./fault-messages.ts";
import type { PlannedFault } from "./plan.ts";
import type { Rule } from "./triggers.ts";

export interface WireRules {
  readonly message: readonly Rule[];
  readonly connection: readonly Rule[];
  readonly control: readonly Rule[];
}

/**
 * A wire that misbehaves as its rules say; `nowMs` counts from the start of the exchange, and what is put off by `later`
 * goes with the connection.
 */
export function faultyWire(
  wire: BareWire,
  rules: WireRules,
  clock: Clock,
  nowMs: () => number,
  later: Later,
): Wire {
  const condition = soundCondition({ wire, clock, nowMs, later, deliver: (late) => deliver(late) });
  const { isDead, strike } = condition;
  let swapped: StreamEvent | undefined;

  for (const rule of rules.connection) {
    const { afterMs } = rule.planned;
    if (afterMs === undefined) continue;
    later(afterMs, () => {
      if (rule.fires(nowMs())) strike(rule.planned);
    });
  }

  const deliver = (events: readonly StreamEvent[]): void => {
    let plain: Buffer[] = [];
    const flush = (): void => {
      if (plain.length > 0) wire.frames(plain);
      plain = [];
    };
    for (const event of events) {
      if (isDead() || condition.isSilent()) continue;
      const planned = rules.message.find(
        (rule) => isMeant(rule.planned, event.stream) && rule.fires(nowMs()),
      )?.planned;
      if (planned?.fault === "swap" && swapped === undefined) {
        swapped = event;
        continue;
      }
      if (planned?.fault === "delay") {
        later(Number(planned.args.ms), () => wire.events([event]));
        continue;
      }
      const pieces = planned && rewrite(planned, event, wire.encoding());
      for (const piece of pieces ?? [{ text: event.frame(wire.encoding()) }]) {
        if ("text" in piece) plain.push(piece.text);
        else {
          flush();
          wire.raw(piece.raw);
        }
      }
      if (swapped) {
        plain.push(swapped.frame(wire.encoding()));
        swapped = undefined;
      }
      for (const rule of rules.connection) {
        if (rule.planned.afterMs !== undefined || !isMeant(rule.planned, event.stream)) continue;
        if (!rule.fires(nowMs())) continue;
        flush();
        strike(rule.planned);
      }
    }
    if (!isDead()) flush();
  };

  return {
    events(events) {
      if (!condition.hold(events)) deliver(events);
    },
    reply(text) {
      if (isDead()) return;
      const planned = rules.control.find((rule) => rule.fires(nowMs()))?.planned;
      if (!planned) wire.reply(text);
      else if (planned.fault === "late-ack") later(Number(planned.args.ms), () => wire.reply(text));
      else if (planned.fault === "error") {
        wire.reply(errorFor(text, String(planned.args.shape)));
        if (planned.args.thenClose === true) wire.close(1008, "Invalid request");
      }
    },
    ping: (payload) => !isDead() && condition.hasPings() && wire.ping(payload),
    close: (code, reason) => {
      if (!isDead()) wire.close(code, reason);
    },
    terminate: () => {
      if (!isDead()) wire.terminate();
    },
    buffered: () => wire.buffered(),
  };
}

function isMeant({ stream }: PlannedFault, name: string): boolean {
  return stream === undefined || stream === name;
}

/** An error in one of the shapes that have been seen, for the request that `reply` answers. */
function errorFor(reply: string, shape: string): string {
  const id = /"id":(.*)\}$/.exec(reply)?.[1] ?? "null";
  const error = '{"code":2,"msg":"Invalid request: invalid stream"';
  if (shape === "flat") return `${error},"id":${id}}`;
  return shape === "no-id" ? `{"error":${error}}}` : `{"error":${error}},"id":${id}}`;
}
