import type { AlertLimits } from "./alerts.ts";

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
  /** Firing: on which side of 0 it left. */
  readonly side: 1 | -1;
  /** Firing: since when the value has been back. */
  readonly backUs: number | null;
  /** Since when the value has been missing. */
  readonly missingUs: number | null;
  /** There never was a value, and it is not yet due. */
  readonly isWaiting: boolean;
  readonly told: Told;
  readonly toldUs: number | null;
  /** Times of the messages of the last hour. */
  readonly sentUs: readonly number[];
  /** Messages held back since the last one. */
  readonly heldBack: number;
}

export interface Observation {
  /** End of the bar. */
  readonly timeUs: number;
  /** NaN: missing. */
  readonly value: number;
  /** A firing alert that makes this one keep silent. */
  readonly silencedBy?: string;
  /** Whether all alerts together have told as much as they may this hour. */
  readonly isFull?: boolean;
}

/** What became of a change: told, kept silent, held back by the cap, or of no interest to anybody. */
export type Delivery = "sent" | "silenced" | "held back" | "quiet";

/** A change of state, or a message without one: a reminder, or what could not be said when it happened. */
export interface AlertEvent {
  readonly kind: AlertStateName | "reminder";
  readonly from: AlertStateName;
  readonly timeUs: number;
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
  side: 1,
  backUs: null,
  missingUs: null,
  isWaiting: true,
  told: "nothing",
  toldUs: null,
  sentUs: [],
  heldBack: 0,
};

/** Whether what was kept is a state: another version may have written it, or somebody else. */
export function isAlertState(kept: unknown): kept is AlertState {
  if (typeof kept !== "object" || kept === null) return false;
  const given = kept as Readonly<Record<string, unknown>>;
  const isAlike = ([name, first]: [string, unknown]): boolean =>
    first === null
      ? given[name] === null || Number.isFinite(given[name])
      : typeof given[name] === typeof first && Array.isArray(given[name]) === Array.isArray(first);
  return Object.entries(FIRST_STATE).every(isAlike) && ALERT_STATES.includes(given.state as AlertStateName);
}

const HOUR_US = 3_600_000_000;
const NONE: readonly AlertEvent[] = [];

/**
 * The next state of an alert, and what is to be told. Knows its arguments alone, so that live, replay and batch agree.
 * Observations come in the order of time.
 */
export function observe(limits: AlertLimits, before: AlertState, observation: Observation): Observed {
  const moved = move(limits, before, observation);
  return tell(limits, before, moved, observation);
}

/** Whether a value has left: at or beyond `fire`. */
export function isOut({ when, fire }: AlertLimits, value: number): boolean {
  if (when === "above") return value >= fire;
  return when === "below" ? value <= fire : Math.abs(value) >= fire;
}

/** Whether a value is back: at `resolve` or better, and not out. */
export function isBack(limits: AlertLimits, side: 1 | -1, value: number): boolean {
  const { when, resolve } = limits;
  if (isOut(limits, value)) return false;
  if (when === "above") return value <= resolve;
  return when === "below" ? value >= resolve : Math.abs(value) <= resolve || value * side <= 0;
}

function move(limits: AlertLimits, before: AlertState, { timeUs, value }: Observation): AlertState {
  if (Number.isNaN(value)) return without(limits, before, timeUs);
  const hadNone = before.missingUs !== null || before.isWaiting;
  const state = hadNone ? { ...before, missingUs: null, isWaiting: false } : before;
  const enter = (name: AlertStateName, more: Partial<AlertState> = {}): AlertState => ({
    ...state,
    ...more,
    state: name,
    sinceUs: timeUs,
  });
  /** From where nothing is wrong. */
  const fromQuiet = (): AlertState => {
    if (!isOut(limits, value))
      return state.state === "inactive" ? state : enter("inactive", { firingUs: null });
    return limits.forUs > 0 ? enter("pending", { firingUs: null }) : fires();
  };
  const fires = (): AlertState =>
    enter("firing", { firingUs: timeUs, side: value < 0 ? -1 : 1, backUs: null });
  const whileFiring = (): AlertState => {
    const isBackNow = isBack(limits, state.side, value);
    const backUs = isBackNow ? (state.backUs ?? timeUs) : null;
    if (backUs !== null && timeUs - backUs >= limits.keepFiringForUs)
      return enter("resolved", { backUs: null });
    if (state.state !== "firing") return enter("firing", { backUs });
    return backUs === state.backUs ? state : { ...state, backUs };
  };
  switch (state.state) {
    case "inactive":
      return fromQuiet();
    case "pending":
      if (!isOut(limits, value)) return enter("inactive");
      return timeUs - state.sinceUs! >= limits.forUs ? fires() : state;
    case "firing":
      return whileFiring();
    case "resolved":
      return timeUs - state.sinceUs! >= limits.coolDownUs ? fromQuiet() : state;
    case "no data":
      return state.firingUs === null ? fromQuiet() : whileFiring();
  }
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
  return { ...state, state: "no data", sinceUs: timeUs, firingUs, backUs: null };
}

/** What is to be told of a state. */
function wanted({ state, isWaiting }: AlertState): Told {
  if (state === "firing") return "firing";
  return state === "no data" && !isWaiting ? "no data" : "nothing";
}

function tell(
  { remindUs, perHour }: AlertLimits,
  before: AlertState,
  state: AlertState,
  { timeUs, value, silencedBy = "", isFull = false }: Observation,
): Observed {
  const want = wanted(state);
  const isNews = want !== state.told;
  /** The news is of this very moment. */
  const isNow = isNews && wanted(before) !== want;
  const isDue = remindUs > 0 && want === "firing" && !isNews && timeUs - (state.toldUs ?? timeUs) >= remindUs;
  const hasChanged = state.state !== before.state || isNow;
  if (!hasChanged && !isNews && !isDue) return { state, events: NONE };

  const sentUs = state.sentUs.filter((sent) => sent > timeUs - HOUR_US);
  const mayTell = silencedBy === "" && !isFull && sentUs.length < perHour;
  const isTold = (isNews || isDue) && mayTell;
  const isHeld = isNow && !isTold && silencedBy === "";
  const event = (kind: AlertEvent["kind"], delivery: Delivery): AlertEvent => ({
    kind,
    from: before.state,
    timeUs,
    value,
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
  if (isTold && isNow) events.push(event(state.state, "sent"));
  else {
    // what can't be told is noted once, where it happens, and made good later
    if (hasChanged) events.push(event(state.state, isHeld ? "held back" : isNow ? "silenced" : "quiet"));
    if (isTold) events.push(event(isDue ? "reminder" : lateKind(state), "sent"));
  }
  if (isTold)
    return {
      state: { ...state, told: want, toldUs: timeUs, sentUs: [...sentUs, timeUs], heldBack: 0 },
      events,
    };
  return { state: isHeld ? { ...state, heldBack: state.heldBack + 1 } : state, events };
}

/** What a message is of that comes after the change: an end that was not told stays an end. */
function lateKind({ state, told }: AlertState): AlertStateName {
  return told === "firing" && state !== "firing" && state !== "no data" ? "resolved" : state;
}
