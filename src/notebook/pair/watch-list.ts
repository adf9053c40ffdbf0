import { requireList, requireText } from "../../core/arguments.ts";
import { refuse } from "../../core/errors.ts";

const MOST = 12;

/** The symbols of a text, which has spaces or commas between them. */
export function symbolsIn(list: string): string[] {
  return list.split(/[\s,]+/).filter((name) => name !== "");
}

/** Refuses what is no list of 2 to 12 different symbols. */
export function checkSymbols(where: string, names: readonly string[]): void {
  requireList(where, "symbols", names);
  for (const name of names) requireText(where, "symbols", name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (names.length >= 2 && names.length <= MOST && twice === undefined) return;
  refuse({
    code: "bad-symbols",
    where,
    problem: `needs 2 to ${MOST} different symbols; got ${twice === undefined ? names.length : `${twice} twice`}`,
    hint: 'Name them: symbols: ["BTCUSDT", "ETHUSDT", "SOLUSDT"].',
    facts: { symbols: names },
  });
}
