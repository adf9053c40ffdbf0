import { requireFunction, requireSettings, requireText } from "../../core/arguments.ts";
import { deskControls } from "../controls/kept.ts";
import { answerLayouts } from "../controls/layouts.ts";
import { atOneTime } from "../data/shared-reader.ts";
import { newPlace, together } from "../page/display.ts";
import { type KernelApi, kernelApi } from "../page/kernel-api.ts";
import type { TimeStretch } from "../page/places.ts";
import { unrefClock } from "../page/unref-clock.ts";
import { createPanels, type Draw, type LiveOptions, type LiveStatus, type Panels } from "./panels.ts";

/**
 * Draws in the cell that calls it, and again every `refreshMs` in the same place while other cells run, until
 * `stopLive`. `draw` returns, or promises, what `show` can show. A name that runs already is stopped and replaced;
 * nothing is sent while the picture stays the same; a slow drawing is never overlapped or queued; one that fails says
 * why in its panel and is tried again. A control whose `value` it reads has it drawn at once when it moves. A
 * `draw` with a parameter is handed a stretch of time when a reader moves along its axis: `(stretch) => pair.chart({ stretch })`.
 */
export function live(name: string, draw: Draw, options: LiveOptions): void {
  requireText("live", "name", name);
  requireFunction("live", "draw", draw);
  requireSettings("live", options, ["refreshMs", "desk"]);

  const kernel = kernelApi();
  const first = panels().live(name, kernel ? guarded(kernel, draw) : draw, options);
  if (first) kernel?.holdCell(Promise.race([first, longEnough()]));
}

/** As long as what it guards: the number of its parameters says what it can draw. */
function guarded({ interruptible }: KernelApi, draw: Draw): Draw {
  return draw.length === 0
    ? () => interruptible(draw)
    : (stretch?: TimeStretch) => interruptible(() => draw(stretch));
}

/** Stops one live panel, or all of them. Each keeps its last picture and says since when it stands still. */
export function stopLive(name?: string): void {
  if (name !== undefined) requireText("stopLive", "name", name);

  panels().stop(name);
}

/** How the live panels are doing: a row for each, in the order they were started. */
export function liveStatus(): LiveStatus[] {
  return panels().status();
}

/** The cell does not wait longer for a first drawing: one that never ends must not stop the cells after it. */
const longestHoldMs = 10_000;

function longEnough(): Promise<void> {
  return new Promise((resolve) => {
    unrefClock.after(longestHoldMs, resolve);
  });
}

const key = Symbol.for("tickbook.panels");

/** One set of panels a kernel, also when the package is loaded twice. */
function panels(): Panels {
  const place = globalThis as Record<symbol, unknown>;
  place[key] ??= startPanels();
  return place[key] as Panels;
}

function startPanels(): Panels {
  const kernel = kernelApi();
  if (kernel) answerLayouts(kernel.comms, deskControls);
  return createPanels({
    clock: unrefClock,
    newPlace,
    onCellRerun: kernel?.onCellRerun,
    together: (work) => together(() => atOneTime(work)),
  });
}
