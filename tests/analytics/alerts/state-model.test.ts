import assert from "node:assert/strict";
import { test } from "node:test";
import type { AlertLimits } from "../../../src/analytics/alerts/alerts.ts";
import type { Judge, Threshold } from "../../../src/analytics/alerts/judge.ts";
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

/** What one value is by its threshold, and together: as the page says it, condition by condition. */
function plainJudge({ by, of }: Judge): {
  readonly look: (values: readonly number[], isFiring: boolean) => Looked;
  readonly forget: () => void;
} {
  /** Above 0 or below it, where it was out last since it fires. */
  let lastSides: ("" | "above" | "below")[] = of.map(() => "");
  const look = (values: readonly number[], isFiring: boolean): Looked => {
    let [outs, backs, gaps] = [0, 0, 0];
    let hasTurned = false;
    if (!isFiring) lastSides = of.map(() => "");
    const isMissing = by === "all" && values.some(Number.isNaN);
    const sides = [...lastSides];
    of.forEach(({ when, fire, resolve }, i) => {
      const value = values[i]!;
      if (Number.isNaN(value)) {
        gaps++;
        return;
      }
      if (
        when === "abs" ? value >= fire || value <= -fire : when === "above" ? value >= fire : value <= fire
      ) {
        outs++;
        if (when !== "abs") return;
        const side = value > 0 ? "above" : "below";
        if (lastSides[i] !== "" && lastSides[i] !== side) hasTurned = true;
        sides[i] = side;
        return;
      }
      const isNear = value <= resolve && value >= -resolve;
      const hasCrossed =
        lastSides[i] === "above" ? value <= 0 : lastSides[i] === "below" ? value >= 0 : false;
      if (when === "abs" ? isNear || hasCrossed : when === "above" ? value <= resolve : value >= resolve)
        backs++;
    });
    const isOut = by === "all" ? outs === of.length : outs > 0;
    const isGap = isMissing || (by === "any" && gaps > 0 && !isOut);
    if (isGap) return { isOut: false, isIn: false, isGap, hasTurned: false, sides: lastSides };
    lastSides = sides;
    const isIn = by === "all" ? backs > 0 : backs === of.length;
    return { isOut, isIn, isGap, hasTurned, sides };
  };
  return {
    look,
    forget: () => {
      lastSides = of.map(() => "");
    },
  };
}

interface Looked {
  readonly isOut: boolean;
  readonly isIn: boolean;
  readonly isGap: boolean;
  readonly hasTurned: boolean;
  readonly sides: readonly string[];
}

/** The rules of docs/alerts.md once more, written down as plainly as can be: variables, and one thing after the other. */
function plainModel(limits: AlertLimits): (observation: Observation) => Said {
  const { remindUs } = limits;
  const { look, forget } = plainJudge(limits.judge);
  let state: AlertStateName = "no data";
  let isFiring = false;
  /** Time out and time back, counted up from one value to the next; a stretch without values counts for nothing. */
  let [outFor, backFor] = [-1, -1];
  let [seenUs, missingSince, cooledDownUs] = [0, 0, 0];
  let [hadValue, isMissed, isAgain] = [false, false, false];
  let [believed, lastTold, held] = ["nothing", 0, 0];
  let toldSides: string[] = [];
  let sent: number[] = [];
  const topic = (): string =>
    state === "firing" ? "firing" : state === "no data" && isMissed ? "no data" : "nothing";

  return ({ timeUs, values, silencedBy = "", isFull = false }) => {
    const before = topic();
    const { isOut, isIn, isGap, hasTurned, sides } = look(values, isFiring);
    const begins = (): void => {
      [state, isFiring, outFor, backFor] = ["firing", true, -1, -1];
    };
    const calms = (): void => {
      [state, isFiring, outFor, backFor] = ["inactive", false, -1, -1];
      forget();
    };
    const fromQuiet = (): void => {
      if (!isOut) calms();
      else if (limits.forUs === 0) begins();
      else [state, outFor] = ["pending", 0];
    };
    const fires = (stepUs: number): void => {
      state = "firing";
      backFor = isIn ? (backFor < 0 ? 0 : backFor + stepUs) : -1;
      if (backFor < limits.keepFiringForUs || !isIn) return;
      calms();
      [state, cooledDownUs, isAgain] = ["resolved", timeUs + limits.coolDownUs, false];
    };
    if (isGap) {
      if (missingSince === 0) missingSince = timeUs;
      const patience = limits.noDataAfterUs + (hadValue || isMissed ? 0 : limits.warmUpUs);
      if (timeUs - missingSince >= patience) {
        if (state !== "no data") [state, outFor, backFor] = ["no data", -1, -1];
        isMissed = true;
      }
    } else {
      // from the last value to this one, less the stretch in which there was none
      const stepUs = (missingSince > 0 ? missingSince : timeUs) - seenUs;
      [seenUs, missingSince, hadValue, isMissed] = [timeUs, 0, true, false];
      if (state === "inactive") fromQuiet();
      else if (state === "pending") {
        outFor += stepUs;
        if (!isOut) calms();
        else if (outFor >= limits.forUs) begins();
      } else if (isFiring) fires(stepUs);
      else if (timeUs >= cooledDownUs) fromQuiet();
      else {
        if (state === "no data") isAgain = true;
        state = "resolved";
      }
    }
    const now = topic();
    const isNewSide = (): boolean =>
      now === "firing" &&
      sides.some((side, i) => side !== "" && toldSides[i] !== "" && toldSides[i] !== side);
    sent = sent.filter((us) => us > timeUs - 3600 * SECOND);
    const isAllowed = silencedBy === "" && !isFull && sent.length < limits.perHour;
    // a value that was not out when it was told, and is now
    if (believed === "firing" && now === "firing")
      toldSides = toldSides.map((side, i) => (side === "" ? sides[i]! : side));
    const isNews = now !== believed || (believed === "firing" && isNewSide());
    let told = "";
    if (isNews && isAllowed) {
      if (now !== "nothing") told = now;
      else if (believed === "firing") told = "resolved";
      else told = state === "resolved" && isAgain ? "inactive" : state;
    } else if (isNews && (now !== before || hasTurned) && silencedBy === "") held++;
    else if (!isNews && now === "firing" && remindUs > 0 && timeUs - lastTold >= remindUs && isAllowed)
      told = "reminder";
    const said = { state, told, heldBack: told === "" ? 0 : held };
    if (told !== "") {
      sent.push(timeUs);
      [believed, lastTold, held] = [now, timeUs, 0];
      toldSides = [...sides];
    }
    return said;
  };
}

test("states and messages are those of a plain model, whatever comes, by one value or by several", () => {
  const { uniform } = random(20);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(from.length * uniform())]!;
  const seconds = (...from: number[]): number => SECOND * pick(from);
  const threshold = (): Threshold => {
    const when = pick(["above", "below", "abs"] as const);
    const side = when === "below" ? -1 : 1;
    return { when, fire: 2 * side, resolve: pick([2, 1, 0.5, 0]) * side };
  };
  for (let run = 0; run < 4000; run++) {
    const count = pick([1, 1, 2, 3]);
    const limits: AlertLimits = {
      judge: { by: pick(["all", "any"]), of: Array.from({ length: count }, threshold) },
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
    let timeUs = START;
    let values = Array.from({ length: count }, () => 0);
    for (let step = 0; step < 40; step++) {
      timeUs += seconds(1, 1, 1, 2, 1200);
      values = values.map((value) =>
        pick([Number.NaN, 0, 0.2, 1, -1, 1.5, 2, -2, 2.5, -2.5, 3, value, value, value]),
      );
      const silencedBy = uniform() < 0.1 ? "other" : "";
      const observation = { timeUs, values, silencedBy, isFull: uniform() < 0.05 };
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
