import { quote, reasonOf, refuse } from "../../core/errors.ts";
import { type Clock, formatUtc } from "../../core/time.ts";
import type { View } from "../../render/view.ts";
import { createFollower, type Followed } from "../controls/tracking.ts";
import type { DeskPlace } from "../page/live-messages.ts";
import type { Place, PlaceOf, TimeStretch } from "../page/places.ts";
import { viewOf } from "../view/views.ts";
import { panelPicture } from "./panel-picture.ts";
import { createTicks, type Ticks } from "./ticks.ts";

export interface LiveOptions {
  /**
   * From the start of one drawing to the start of the next; a drawing that takes longer skips the ones it missed. Panels of
   * the same `refreshMs` are drawn together, from one state of the data.
   */
  readonly refreshMs: number;
  /** Where it stands on the desk that `npm start` opens: in the row on top, in the middle, or beside; nowhere unless told. */
  readonly desk?: DeskPlace;
}

/** One live panel, as `liveStatus` reports it. */
export interface LiveStatus {
  readonly name: string;
  readonly state: "drawing" | "waiting" | "stopped";
  readonly refreshMs: number;
  /** Times drawn since it was started. */
  readonly drawn: number;
  /** Times the picture changed and was sent. */
  readonly sent: number;
  /** How long the last drawing took, or the present one takes so far. */
  readonly drawMs: number;
  /** Why the last drawing failed; empty when it did not. */
  readonly error: string;
}

/**
 * What a panel shows: a view or what `show` takes, or a promise of it. One that takes a stretch of time is asked for the past,
 * too, when a reader moves along its time axis.
 */
export type Draw = (stretch?: TimeStretch) => unknown;

/** The live panels of one kernel. */
export interface Panels {
  /** Resolves after the first drawing; undefined when that is done already. */
  live(name: string, draw: Draw, options: LiveOptions): Promise<void> | undefined;
  stop(name?: string): void;
  status(): LiveStatus[];
}

interface Panel {
  stop(because: string): void;
  /** What to do when it stops. */
  onStop(callback: () => void): void;
  status(): LiveStatus;
}

const fastestMs = 50;

/** What panels need of the kernel that they live in. */
export interface PanelsOptions {
  readonly clock: Clock;
  readonly newPlace: (of: PlaceOf) => Place;
  /** See the kernel's API. */
  readonly onCellRerun?: ((stop: () => void) => () => void) | undefined;
  /** What one tick runs in: it reads one state, and is told of together. */
  readonly together?: (work: () => void) => void;
}

export function createPanels({
  clock,
  newPlace,
  onCellRerun = () => () => {},
  together = (work) => work(),
}: PanelsOptions): Panels {
  const panels = new Map<string, Panel>();
  const ticks = createTicks(clock, together);
  return {
    live: (name, draw, { refreshMs, desk }) => {
      checkPanel(name, refreshMs);
      panels.get(name)?.stop("another run draws it now");
      const { panel, first } = startPanel(
        name,
        draw,
        refreshMs,
        clock,
        ticks,
        newPlace({ name, ...(desk && { desk }), ...(draw.length > 0 && { history: pastOf(draw) }) }),
      );
      panels.set(name, panel);
      panel.onStop(onCellRerun(() => panel.stop("its cell runs again")));
      return first;
    },
    stop: (name) => {
      if (name === undefined) {
        for (const panel of panels.values()) panel.stop("");
        return;
      }
      const panel = panels.get(name);
      if (panel) return panel.stop("");
      refuse({
        code: "no-panel",
        where: "stopLive",
        problem: `there is no live panel ${quote(name)}; there are ${[...panels.keys()].map((n) => quote(n)).join(", ") || "none"}`,
        hint: "Call stopLive() to stop them all.",
        facts: { name },
      });
    },
    status: () => [...panels.values()].map((panel) => panel.status()),
  };
}

function pastOf(draw: Draw): (stretch: TimeStretch) => Promise<View> {
  return async (stretch) => viewOf(drawable(await draw(stretch)));
}

function checkPanel(name: string, refreshMs: number): void {
  if (typeof name !== "string" || name === "") {
    refuse({
      code: "bad-name",
      where: "live",
      problem: `a panel needs a name; got ${quote(name)}`,
      hint: "Name it after what it shows: the same name again replaces it.",
      facts: { name },
    });
  }
  if (!(refreshMs >= fastestMs && refreshMs <= 86_400_000)) {
    refuse({
      code: "bad-refresh",
      where: "live",
      problem: `refreshMs must be from ${fastestMs} to 86400000 (a day); got ${quote(refreshMs)}`,
      hint: "Pass 1000 for once a second.",
      facts: { refreshMs },
    });
  }
}

interface Started {
  readonly panel: Panel;
  readonly first: Promise<void> | undefined;
}

function startPanel(
  name: string,
  draw: () => unknown,
  refreshMs: number,
  clock: Clock,
  ticks: Ticks,
  place: Place,
): Started {
  const picture = panelPicture(name, place, () => timeOfDay(clock));
  let state: LiveStatus["state"] = "waiting";
  let drawn = 0;
  let drawMs = 0;
  let startedMs = 0;
  let stopped = (): void => {};
  /** The controls that have moved since the last drawing that went well. */
  const moved = new Set<Followed>();
  let again = false;

  const controls = createFollower(async (control) => {
    moved.add(control);
    if (again) return;
    again = true;
    if (state === "waiting") tick.hurry();
  });
  const tell = (problem: string | undefined): void => {
    for (const control of moved) control.tell(moved, problem);
    if (problem === undefined) moved.clear();
  };
  const next = (): void => {
    drawMs = clock.monotonicMs() - startedMs;
    drawn++;
    state = "waiting";
    if (again) tick.hurry();
  };
  const succeeded = (result: unknown): void => {
    if (state === "stopped") return;
    try {
      picture.draw(viewOf(drawable(result)));
      tell(undefined);
      next();
    } catch (problem) {
      failed(problem);
    }
  };
  const failed = (problem: unknown): void => {
    if (state === "stopped") return;
    picture.fail(reasonOf(problem));
    tell(picture.error());
    next();
  };
  function cycle(): Promise<void> | undefined {
    state = "drawing";
    again = false;
    startedMs = clock.monotonicMs();
    try {
      const result = controls.run(draw);
      if (isPromise(result)) return result.then(succeeded, failed);
      succeeded(result);
    } catch (problem) {
      failed(problem);
    }
    return undefined;
  }

  const tick = ticks.join(refreshMs, {
    draw: () => {
      if (state === "waiting") void cycle();
    },
  });
  const first = cycle();
  // keeps the panel's place in the order of the calls
  if (first) picture.announce();
  const panel: Panel = {
    stop: (because) => {
      if (state === "stopped") return;
      state = "stopped";
      tick.leave();
      controls.stop();
      tell(undefined);
      picture.close(because);
      stopped();
    },
    onStop: (callback) => {
      stopped = callback;
    },
    status: () => ({
      ...{ name, state, refreshMs, drawn, sent: picture.sent(), error: picture.error() },
      drawMs: Math.round(state === "drawing" ? clock.monotonicMs() - startedMs : drawMs),
    }),
  };
  return { first, panel };
}

function drawable(result: unknown): unknown {
  if (result !== undefined && result !== null) return result;
  return refuse({
    code: "nothing-drawn",
    where: "live",
    problem: `the function must return a view or a table; it returned ${result}`,
    hint: "Return what show() would be given.",
  });
}

function timeOfDay(clock: Clock): string {
  const second = Math.floor(clock.nowUs() / 1e6) * 1e6;
  return `${formatUtc(second).slice(11, 19)} UTC`;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
