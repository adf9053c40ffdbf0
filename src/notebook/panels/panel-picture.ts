import { jsonText } from "../../core/json.ts";
import type { View } from "../../render/view.ts";
import type { Place } from "../page/places.ts";
import { noteView, withNote } from "../view/views.ts";

/** What stands in a panel's place: its last picture that went well, with a note where it is drawn no longer. */
export interface PanelPicture {
  /** A drawing went well. */
  draw(view: View): void;
  /** A drawing failed: the last one stays, and says since when and why. */
  fail(error: string): void;
  /** The first drawing takes its time. */
  announce(): void;
  /** Nothing is drawn any more; `because` may be empty. */
  close(because: string): void;
  /** Why the last drawing failed; empty when it did not. */
  error(): string;
  /** Times that something else than before was sent. */
  sent(): number;
}

/** `timeOfDay`: the present time, to be read. */
export function panelPicture(name: string, place: Place, timeOfDay: () => string): PanelPicture {
  let last: View | undefined;
  let lastSent = "";
  let sent = 0;
  let error = "";
  let failingSince = "";

  const put = (view: View): void => {
    const text = jsonText(view, "live");
    if (text === lastSent) return;
    place.show(view);
    lastSent = text;
    sent++;
  };
  return {
    draw: (view) => {
      place.confirm();
      put(view);
      last = view;
      [error, failingSince] = ["", ""];
    },
    fail: (problem) => {
      error = problem;
      failingSince ||= timeOfDay();
      const note = `${name}: not drawn since ${failingSince}: ${error}`;
      put(last ? withNote(last, note, "alarm") : noteView(note, "alarm"));
    },
    announce: () => put(noteView(`${name}: drawing for the first time …`, "quiet")),
    close: (because) => {
      const note = `stopped at ${timeOfDay()}${because && `: ${because}`}`;
      place.close(last ? withNote(last, note, "quiet") : noteView(`${name} ${note}`, "quiet"));
      sent++;
    },
    error: () => error,
    sent: () => sent,
  };
}
