import type { Clock } from "../../../core/time.ts";
import type { RestReply } from "../rest/query.ts";
import type { RestRequest } from "../rest/rest.ts";
import type { BareWire, Later, Wire } from "../wire/wire.ts";
import { type Delivery, faultyDelivery, wholeDelivery } from "./fault-rest.ts";
import { faultyWire } from "./fault-wire.ts";
import type { FaultPlan, PlannedFault } from "./plan.ts";
import { rulesOf } from "./triggers.ts";

/** Everything that may go wrong on order; with an empty plan nothing does. */
export interface Faults {
  /** What happens to the handshake that has just come in. */
  handshake(): PlannedFault | undefined;
  wire(bare: BareWire, later: Later): Wire;
  rest(request: RestRequest, reply: RestReply, ask: (url: string) => RestReply): Delivery;
  /** Times without an exchange, milliseconds since its start. */
  readonly offline: readonly { readonly fromMs: number; readonly forMs: number }[];
  /** The plan needs connections that may be compressed. */
  readonly wantsDeflate: boolean;
}

export function faultsOf(plan: FaultPlan, clock: Clock): Faults {
  const startMs = clock.monotonicMs();
  const nowMs = (): number => clock.monotonicMs() - startMs;
  const handshake = rulesOf(plan, "handshake");
  const rest = rulesOf(plan, "rest");
  const wire = {
    message: rulesOf(plan, "message"),
    connection: rulesOf(plan, "connection"),
    control: rulesOf(plan, "control"),
  };
  const isQuiet = Object.values(wire).every((rules) => rules.length === 0);
  return {
    handshake: () => handshake.find((rule) => rule.fires(nowMs()))?.planned,
    wire: (bare, later) => (isQuiet ? bare : faultyWire(bare, wire, clock, nowMs, later)),
    rest: (request, reply, ask) => faultyDelivery(rest, nowMs(), request, reply, ask) ?? wholeDelivery(reply),
    offline: plan.faults.flatMap(({ at, fromMs = 0, args }) =>
      at === "exchange" ? [{ fromMs, forMs: Number(args.forMs) }] : [],
    ),
    wantsDeflate: plan.faults.some(({ fault }) => fault === "deflate-bomb"),
  };
}
