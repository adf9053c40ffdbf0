import { plainText } from "../../core/errors.ts";
import type { Screen } from "../terminal/screen.ts";

/** Between two lines of which only the counts differ. */
const COUNTS_EVERY_MS = 60_000;

/** Says what is wrong when it has changed, and where only its counts have, once a minute. Empty: nothing is wrong. */
export function troubleTeller(screen: Pick<Screen, "line">, nowMs: () => number): (troubles: string) => void {
  let said = "";
  let saidMs = Number.NEGATIVE_INFINITY;
  return (troubles) => {
    if (troubles === said) return;
    const isCount = withoutNumbers(troubles) === withoutNumbers(said);
    if (isCount && nowMs() - saidMs < COUNTS_EVERY_MS) return;
    screen.line(troubles === "" ? "All is well again." : plainText(troubles));
    [said, saidMs] = [troubles, nowMs()];
  };
}

function withoutNumbers(text: string): string {
  return text.replace(/\d+/g, "");
}
