import { requireFields } from "../../core/arguments.ts";
import type { AlertLimits } from "./alerts.ts";
import { isTurned, type Judgement, judge, type Side } from "./judge.ts";

/** `no data`: the value is missing for too long, or there never was one. */
export type AlertStateName = "inactive" | "pending" | "firing" | "resolved" | "no data";

export const ALERT_STATES: readonly AlertStateName[] = [
  "inactive",
  "pending",
  "firing",
  "resolved",
  "no data",
];

/** What whoever is told believes. */
export type Told = "nothing" | "firing" | "no data";

/** All that is remembered of an alert; plain JSON. Times in µs since 1970 UTC, of bars and never of a clock. */
export interface AlertState {
  readonly state: AlertStateName;
  /** Since when it has been in that state; null before the first observation. */
  readonly sinceUs: number | null;
  /** Since when it fires, also through a time without data. */
  readonly firingUs: number | null;
  /** Pending: since when it is out, bars without a value left out. */
  readonly outUs: number | null;
  /** Firing: on which side of 0 each of its values was out last. */
  readonly sides: readonly Side[];
  /** Firing: since when it has been back, bars without a value left out. */
  readonly backUs: number | null;
  /** Since when it cools down, also through a time without data. */
  readonly resolvedUs: number | null;
  /** Since when the value has been missing. */
  readonly missingUs: number | null;
  /** There never was a value, and it is not yet due. */
  readonly isWaiting: boolean;
  readonly told: Told;
  readonly toldUs: number | null;
  /** Told as firing: on which sides. */
  readonly toldSides: readonly Side[];
  /** Times of the messages of the last hour. */
  readonly sentUs: readonly number[];
  /** Messages held back since the last one. */
  readonly heldBack: number;
}

export interface Observation {
  /** End of the bar. */
  readonly timeUs: number;
  /** One for each threshold of the judge; NaN: missing. */
  readonly values: readonly number[];
  /** What makes this one keep silent: the name of a firing alert, or a snooze. */
  readonly silencedBy?: string;
  /** Somebody has seen that it fires: it is not repeated. */
  readonly isAcknowledged?: boolean;
  /** Whether all alerts together have told as much as they may this hour. */
  readonly isFull?: boolean;
  /** It was before the watch began, and is judged now: what it says counts to no limit. */
  readonly isPast?: boolean;
}

/** What became of a change: told, kept silent, held back by the cap, or of no interest to anybody. */
export type Delivery = "sent" | "silenced" | "held back" | "quiet";

/** A change of state, or a message without one: a reminder, or what could not be said when it happened. */
export interface AlertEvent {
  readonly kind: AlertStateName | "reminder";
  readonly from: AlertStateName;
  readonly timeUs: number;
  /** All values at that time. */
  readonly values: readonly number[];
  /** Which of them made it what it is, the first one of several; the only one where there is one. */
  readonly lead: number;
  /** That one. */
  readonly value: number;
  /** Since when it has been as `kind` says; a resolved one: since when it had been firing. */
  readonly sinceUs: number;
  readonly delivery: Delivery;
  readonly silencedBy: string;
  /** It happened before, and could not be told then. */
  readonly isLate: boolean;
  /** Messages of this alert that were held back before this one. */
  readonly heldBack: number;
}

export interface Observed {
  readonly state: AlertState;
  readonly events: readonly AlertEvent[];
}

export const FIRST_STATE: AlertState = {
  state: "no data",
  sinceUs: null,
  firingUs: null,
  outUs: null,
  sides: [],
  backUs: null,
  resolvedUs: null,
  missingUs: null,
  isWaiting: true,
  told: "nothing",
  toldUs: null,
  toldSides: [],
  sentUs: [],
  heldBack: 0,
};

/** What was kept as a state, by this version or by 0.1; undefined where it is none: somebody else may have written it. */
export function readAlertState(kept: unknown): AlertState | undefined {
  if (typeof kept !== "object" || kept === null) return undefined;
  const given: Readonly<Record<string, unknown>> = { ...newSince01(kept), ...kept };
  const isAlike = ([name, first]: [string, unknown]): boolean =>
    first === null
      ? given[name] === null || Number.isFinite(given[name])
      : typeof given[name] === typeof first && Array.isArray(given[name]) === Array.isArray(first);
  const isState =
    Object.entries(FIRST_STATE).every(isAlike) && ALERT_STATES.includes(given.state as AlertStateName);
  if (!isState) return undefined;
  const { side, ...state } = given;
  return state as unknown as AlertState;
}

/** What 0.1 did not keep: it had one value, and one side. */
function newSince01(kept: object): Partial<AlertState> {
  const { state, sinceUs, side, firingUs, told } = kept as AlertState & { readonly side?: Side };
  const sides: readonly Side[] = side === undefined ? [] : [side];
  return {
    outUs: state === "pending" ? sinceUs : null,
    resolvedUs: state === "resolved" ? sinceUs : null,
    sides: state === "firing" || (state === "no data" && firingUs !== null) ? sides : [],
    toldSides: told === "firing" ? sides : [],
  };
}

const HOUR_US = 3_600_000_000;
const NONE: readonly AlertEvent[] = [];

/**
 * The next state of an alert, and what is to be told. Knows its arguments alone, so that live, replay and batch agree.
 * Observations come in the order of time.
 */
export function observe(limits: AlertLimits, before: AlertState, observation: Observation): Observed {
  requireFields("observe", "limits", limits, ["judge"]);
  requireFields("observe", "before", before, ["sides"]);
  requireFields("observe", "observation", observation, ["values", "timeUs"]);

  const judged = judge(limits.judge, observation.values, before.sides);
  const after = move(limits, before, observation.timeUs, judged);
  return tell(limits, before, after, observation, judged.lead);
}

function move(limits: AlertLimits, before: AlertState, timeUs: number, judged: Judgement): AlertState {
  const { verdict, sides } = judged;
  if (verdict === "missing") return without(limits, before, timeUs);
  /** For so long it was missing: that is neither out nor back. */
  const gapUs = before.missingUs === null ? 0 : timeUs - before.missingUs;
  const hadNone = before.missingUs !== null || before.isWaiting;
  const state = hadNone ? { ...before, missingUs: null, isWaiting: false } : before;
  const enter = (name: AlertStateName, more: Partial<AlertState> = {}): AlertState => ({
    ...state,
    ...{ sides: NO_SIDES, outUs: null, backUs: null, resolvedUs: null },
    ...more,
    state: name,
    sinceUs: timeUs,
  });
  const fires = (): AlertState => enter("firing", { firingUs: timeUs, sides });
  /** From where nothing is wrong. */
  const fromQuiet = (): AlertState => {
    if (verdict !== "out") return state.state === "inactive" ? state : enter("inactive", { firingUs: null });
    return limits.forUs > 0 ? enter("pending", { firingUs: null, outUs: timeUs }) : fires();
  };
  const whilePending = (): AlertState => {
    if (verdict !== "out") return enter("inactive");
    const outUs = state.outUs! + gapUs;
    if (timeUs - outUs >= limits.forUs) return fires();
    return gapUs === 0 ? state : { ...state, outUs };
  };
  const whileFiring = (): AlertState => {
    const backUs = verdict !== "back" ? null : state.backUs === null ? timeUs : state.backUs + gapUs;
    if (backUs !== null && timeUs - backUs >= limits.keepFiringForUs)
      return enter("resolved", { resolvedUs: timeUs });
    if (state.state !== "firing")
      return { ...enter("firing", { backUs }), ...sidesFrom(state, sides, timeUs) };
    if (backUs === state.backUs && sides === state.sides) return state;
    return { ...state, backUs, ...sidesFrom(state, sides, timeUs) };
  };
  const isCooling = state.resolvedUs !== null && timeUs - state.resolvedUs < limits.coolDownUs;
  switch (state.state) {
    case "inactive":
      return fromQuiet();
    case "pending":
      return whilePending();
    case "firing":
      return whileFiring();
    case "resolved":
      return isCooling ? state : fromQuiet();
    case "no data":
      if (state.firingUs !== null) return whileFiring();
      return isCooling ? { ...state, state: "resolved", sinceUs: state.resolvedUs } : fromQuiet();
  }
}

const NO_SIDES: readonly Side[] = [];

/** What changes with the sides of one that fires: on another side than before, it fires since now. */
function sidesFrom(state: AlertState, sides: readonly Side[], timeUs: number): Partial<AlertState> {
  // a value that is out for the first time, while it fires by another one, is as good as told
  const isTold = state.told === "firing";
  const toldSides = isTold
    ? sides.map((side, i) => state.toldSides[i] || state.sides[i] || side)
    : state.toldSides;
  return { sides, toldSides, ...(isTurned(state.sides, sides) && { firingUs: timeUs }) };
}

/** An observation without a value: states last until it has been missing for too long. */
function without(limits: AlertLimits, before: AlertState, timeUs: number): AlertState {
  const missingUs = before.missingUs ?? timeUs;
  const state =
    before.missingUs === null ? { ...before, missingUs, sinceUs: before.sinceUs ?? timeUs } : before;
  const limitUs = limits.noDataAfterUs + (state.isWaiting ? limits.warmUpUs : 0);
  if (timeUs - missingUs < limitUs) return state;
  if (state.state === "no data") return state.isWaiting ? { ...state, isWaiting: false } : state;
  const firingUs = state.state === "firing" ? state.firingUs : null;
  return { ...state, state: "no data", sinceUs: timeUs, firingUs, outUs: null, backUs: null };
}

/** What is to be told of a state. */
function wanted({ state, isWaiting }: AlertState): Told {
  if (state === "firing") return "firing";
  return state === "no data" && !isWaiting ? "no data" : "nothing";
}

/** Whether it was told of a side on which it is no longer. */
function isOtherSide({ state, told, sides, toldSides }: AlertState): boolean {
  return state === "firing" && told === "firing" && isTurned(toldSides, sides);
}

function tell(
  { remindUs, perHour }: AlertLimits,
  before: AlertState,
  state: AlertState,
  { timeUs, values, silencedBy = "", isAcknowledged = false, isFull = false, isPast = false }: Observation,
  lead: number,
): Observed {
  const want = wanted(state);
  const isNews = want !== state.told || isOtherSide(state);
  const hasTurned = state.state === "firing" && isTurned(before.sides, state.sides);
  /** The news is of this very moment. */
  const isNow = isNews && (wanted(before) !== want || hasTurned);
  const isLong = remindUs > 0 && timeUs - (state.toldUs ?? timeUs) >= remindUs;
  const isDue = isLong && want === "firing" && !isNews && !isAcknowledged;
  const hasChanged = state.state !== before.state || isNow || hasTurned;
  if (!hasChanged && !isNews && !isDue) return { state, events: NONE };

  const sentUs = state.sentUs.filter((sent) => sent > timeUs - HOUR_US);
  const mayTell = silencedBy === "" && (isPast || (!isFull && sentUs.length < perHour));
  const isTold = (isNews || isDue) && mayTell;
  const isHeld = isNow && !isTold && silencedBy === "";
  const event = (kind: AlertEvent["kind"], delivery: Delivery): AlertEvent => ({
    kind,
    from: before.state,
    timeUs,
    values,
    lead,
    value: values[lead]!,
    sinceUs:
      (kind === "resolved"
        ? (state.firingUs ?? state.toldUs)
        : state.state === "firing"
          ? state.firingUs
          : state.sinceUs) ?? timeUs,
    delivery,
    silencedBy: isNow ? silencedBy : "",
    isLate: delivery === "sent" && isNews && !isNow,
    heldBack: state.heldBack,
  });

  const events: AlertEvent[] = [];
  if (isTold && isNow) events.push(event(toldKind(state), "sent"));
  else {
    // what can't be told is noted once, where it happens, and made good later
    if (hasChanged) events.push(event(kindOf(state), isHeld ? "held back" : isNow ? "silenced" : "quiet"));
    if (isTold) events.push(event(isDue ? "reminder" : toldKind(state), "sent"));
  }
  if (isTold) {
    const told = { told: want, toldUs: timeUs, toldSides: state.sides, heldBack: 0 };
    return { state: { ...state, ...told, sentUs: isPast ? sentUs : [...sentUs, timeUs] }, events };
  }
  return { state: isHeld ? { ...state, heldBack: state.heldBack + 1 } : state, events };
}

/** What a change is told as: one that cools down again, after a time without data, has not ended now. */
function kindOf({ state, firingUs }: AlertState): AlertStateName {
  return state === "resolved" && firingUs === null ? "inactive" : state;
}

/** What a message is of: an end that was not told stays an end, whatever has come since. */
function toldKind(after: AlertState): AlertStateName {
  const { state, told } = after;
  return told === "firing" && state !== "firing" && state !== "no data" ? "resolved" : kindOf(after);
}
