import type { Clock } from "../../../core/time.ts";
import { type StreamEvent, shutdownEvent } from "../wire/events.ts";
import type { BareWire, Later } from "../wire/wire.ts";
import type { PlannedFault } from "./plan.ts";

/** What the faults of a connection have made of it. */
export interface Condition {
  strike(fault: PlannedFault): void;
  /** Nothing leaves any more, and nothing ends the connection from this side. */
  isDead(): boolean;
  /** What is sent is lost. */
  isSilent(): boolean;
  hasPings(): boolean;
  /** Keeps events until the stall ends, and then hands them to `deliver`; false where none is on. */
  hold(events: readonly StreamEvent[]): boolean;
}

export interface ConditionOptions {
  readonly wire: BareWire;
  readonly clock: Clock;
  readonly nowMs: () => number;
  readonly later: Later;
  readonly deliver: (events: readonly StreamEvent[]) => void;
}

export function soundCondition({ wire, clock, nowMs, later, deliver }: ConditionOptions): Condition {
  let isDead = false;
  let hasPings = true;
  let silentUntilMs = 0;
  let stalledUntilMs = 0;
  let stalled: StreamEvent[] = [];
  return {
    isDead: () => isDead,
    isSilent: () => silentUntilMs > nowMs(),
    hasPings: () => hasPings,
    hold: (events) => {
      if (stalledUntilMs <= nowMs() && stalled.length === 0) return false;
      stalled.push(...events);
      return true;
    },
    strike: ({ fault, args }) => {
      if (fault === "close") {
        if (args.code === 1006) wire.terminate();
        else wire.close(Number(args.code), String(args.reason));
      } else if (fault === "reset") wire.reset();
      else if (fault === "fin") wire.fin();
      else if (fault === "half-open") {
        isDead = true;
        wire.stopReading();
      } else if (fault === "silent") silentUntilMs = nowMs() + Number(args.forMs);
      else if (fault === "stall") {
        stalledUntilMs = nowMs() + Number(args.forMs);
        later(Number(args.forMs), () => {
          const late = stalled;
          stalled = [];
          deliver(late);
        });
      } else if (fault === "no-pings") hasPings = false;
      else if (fault === "stop-reading") wire.stopReading();
      else if (fault === "shutdown") {
        wire.events([shutdownEvent(clock.nowUs())]);
        later(Number(args.inMs), () => wire.close(1001, "server shutdown"));
      }
    },
  };
}
