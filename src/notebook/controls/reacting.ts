import { requireFunction } from "../../core/arguments.ts";
import { refuse } from "../../core/errors.ts";
import type { View } from "../../render/view.ts";
import { newPlace } from "../page/display.ts";
import { kernelApi } from "../page/kernel-api.ts";
import type { Place } from "../page/places.ts";
import { noteView, viewOf, withNote } from "../view/views.ts";
import { createReaction } from "./reaction.ts";

/**
 * Draws in the cell that calls it, and again in the same place whenever a control moves whose `value` the drawing has
 * read. `draw` returns, or promises, what `show` can show. The newest values win: while a drawing is under way,
 * further moves wait for one drawing more. One that fails leaves the last picture and says why, here and at the control.
 */
export function reacting(draw: () => unknown): void {
  requireFunction("reacting", "draw", draw);

  reactingIn(newPlace(), draw);
}

/** The same, in a place that is there. */
export function reactingIn(place: Place, draw: () => unknown): void {
  let last: View | undefined;
  let begun = false;
  const work = (): View | Promise<View> => {
    const result = draw();
    if (!isPromise(result)) return drawn(result);
    // keeps the place in the order of the calls
    if (!begun) place.show(noteView("drawing for the first time …", "quiet"));
    begun = true;
    return result.then(drawn);
  };
  const reaction = createReaction(work, {
    tracks: true,
    ended: (outcome) => {
      begun = true;
      if ("result" in outcome) {
        last = outcome.result as View;
        return place.show(last);
      }
      const note = (problem: string): string => `not drawn: ${problem}`;
      place.show(
        last
          ? withNote(last, note(shortened(outcome.problem)), "alarm")
          : noteView(note(outcome.problem), "alarm"),
      );
    },
    stopped: () => place.close(last ?? noteView("stopped", "quiet")),
  });
  const first = reaction.run(true);
  kernelApi()?.holdCell(first);
}

/** The control that moved says it in full. */
function shortened(problem: string): string {
  return problem.length > 90 ? `${problem.slice(0, 90)}…` : problem;
}

function drawn(result: unknown): View {
  if (result !== undefined && result !== null) return viewOf(result);
  return refuse({
    code: "nothing-drawn",
    where: "reacting",
    problem: `the function must return a view or a table; it returned ${result}`,
    hint: "Return what show() would be given.",
  });
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
