import type { Screen } from "../../terminal/screen.ts";
import { alertLine } from "./alert-lines.ts";
import type { AlertSink } from "./sink.ts";

/** Prints told events, a line each. */
export function terminalSink(screen: Pick<Screen, "line">, hasColour: boolean): AlertSink {
  return {
    name: "terminal",
    send: (records, done) => {
      for (const record of records) {
        screen.line(alertLine(record, hasColour));
        done(record.id);
      }
    },
    trouble: () => "",
    close: async () => {},
  };
}
