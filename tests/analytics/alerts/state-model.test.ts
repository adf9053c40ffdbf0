import assert from "node:assert/strict";
import { test } from "node:test";
import type { AlertLimits } from "../../../src/analytics/alerts/alerts.ts";
import {
  type AlertState,
  type AlertStateName,
  FIRST_STATE,
  type Observation,
  observe,
} from "../../../src/analytics/alerts/state.ts";
import { random } from "../../../src/core/random.ts";

const SECOND = 1_000_000;
const START = 1e15;

interface Said {
  readonly state: AlertStateName;
  readonly told: string;
  readonly heldBack: number;
}

/** The rules of docs/alerts.md once more, written down as plainly as can be: variables, and one thing after the other. */
function plainModel(limits: AlertLimits): (observation: Observation) => Said {
  const { when, fire, resolve, remindUs } = limits;
  let state: AlertStateName = "no data";
  let [since, firingSince, backSince, missingSince] = [0, 0, 0, 0];
  let [isAbove, hadValue, isMissed] = [true, false, false];
  let [believed, lastTold, held] = ["nothing", 0, 0];
  let sent: number[] = [];
  const isOut = (value: number): boolean =>
    when === "above" ? value >= fire : when === "below" ? value <= fire : value >= fire || value <= -fire;
  const isIn = (value: number): boolean => {
    if (isOut(value)) return false;
    if (when !== "abs") return when === "above" ? value <= resolve : value >= resolve;
    return isAbove ? value <= resolve : value >= -resolve;
  };
  const topic = (): string =>
    state === "firing" ? "firing" : state === "no data" && isMissed ? "no data" : "nothing";

  return ({ timeUs, value, silencedBy = "", isFull = false }) => {
    const before = topic();
    const begins = (): void => {
      state = "firing";
      [firingSince, backSince, isAbove] = [timeUs, 0, value > 0];
    };
    const fromQuiet = (): void => {
      firingSince = 0;
      if (!isOut(value)) state = "inactive";
      else if (limits.forUs === 0) begins();
      else [state, since] = ["pending", timeUs];
    };
    const fires = (): void => {
      state = "firing";
      backSince = isIn(value) ? backSince || timeUs : 0;
      if (backSince > 0 && timeUs - backSince >= limits.keepFiringForUs)
        [state, since, backSince] = ["resolved", timeUs, 0];
    };
    if (Number.isNaN(value)) {
      missingSince ||= timeUs;
      const patience = limits.noDataAfterUs + (hadValue || isMissed ? 0 : limits.warmUpUs);
      if (timeUs - missingSince >= patience) {
        if (state !== "firing" && state !== "no data") firingSince = 0;
        if (state !== "no data") [state, backSince] = ["no data", 0];
        isMissed = true;
      }
    } else {
      [missingSince, hadValue, isMissed] = [0, true, false];
      if (state === "inactive") fromQuiet();
      else if (state === "pending") {
        if (!isOut(value)) state = "inactive";
        else if (timeUs - since >= limits.forUs) begins();
      } else if (state === "firing") fires();
      else if (state === "resolved") {
        if (timeUs - since >= limits.coolDownUs) fromQuiet();
      } else if (firingSince > 0) fires();
      else fromQuiet();
    }
    const now = topic();
    sent = sent.filter((us) => us > timeUs - 3600 * SECOND);
    const isAllowed = silencedBy === "" && !isFull && sent.length < limits.perHour;
    let told = "";
    if (now !== believed && isAllowed)
      told = now !== "nothing" ? now : now === before && believed === "firing" ? "resolved" : state;
    else if (now !== believed && now !== before && silencedBy === "") held++;
    else if (
      now === believed &&
      now === "firing" &&
      remindUs > 0 &&
      timeUs - lastTold >= remindUs &&
      isAllowed
    )
      told = "reminder";
    const said = { state, told, heldBack: told === "" ? 0 : held };
    if (told !== "") {
      sent.push(timeUs);
      [believed, lastTold, held] = [now, timeUs, 0];
    }
    return said;
  };
}

test("states and messages are those of a plain model, whatever comes", () => {
  const { uniform } = random(20);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(from.length * uniform())]!;
  const seconds = (...from: number[]): number => SECOND * pick(from);
  for (let run = 0; run < 3000; run++) {
    const when = pick(["above", "below", "abs"] as const);
    const side = when === "below" ? -1 : 1;
    const limits: AlertLimits = {
      when,
      fire: 2 * side,
      resolve: pick([2, 1, 0.5, 0]) * side,
      forUs: seconds(0, 0, 2, 5),
      keepFiringForUs: seconds(0, 0, 2, 4),
      coolDownUs: seconds(0, 0, 3, 6),
      remindUs: seconds(0, 0, 4),
      noDataAfterUs: seconds(0, 1, 3),
      warmUpUs: seconds(0, 3),
      perHour: pick([1, 2, 1000]),
    };
    const model = plainModel(limits);
    let state: AlertState = FIRST_STATE;
    let [timeUs, value] = [START, 0];
    for (let step = 0; step < 40; step++) {
      timeUs += seconds(1, 1, 1, 2, 1200);
      value = pick([Number.NaN, 0, 0.2, 1, -1, 1.5, 2, -2, 2.5, -2.5, 3, value, value]);
      const silencedBy = uniform() < 0.1 ? "other" : "";
      const observation = { timeUs, value, silencedBy, isFull: uniform() < 0.05 };
      const { state: next, events } = observe(limits, state, observation);
      const told = events.filter(({ delivery }) => delivery === "sent");
      assert.deepEqual(
        { state: next.state, told: told.map(({ kind }) => kind).join(), heldBack: told[0]?.heldBack ?? 0 },
        model(observation),
        JSON.stringify({ run, step, limits, observation }),
      );
      state = next;
    }
  }
});
