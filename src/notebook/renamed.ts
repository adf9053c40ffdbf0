import { refuse } from "../core/errors.ts";

/** What holds closes is called so. */
export const pairBars: () => never = renamed(
  "pairBars",
  "pairCloses({ y, x, source, … }), with the same settings",
);
export const findSeries: () => never = renamed(
  "findSeries",
  "whichSeries(store, { symbols: [symbol], venue })[0]",
);

function renamed(old: string, now: string): () => never {
  return () =>
    refuse({
      code: "renamed",
      where: old,
      problem: "needs its new name; got the old one",
      hint: `Write ${now}.`,
    });
}
