import { TOLD_COLUMNS } from "../../../core/bars.ts";
import { bareName, meaningOf, type Role } from "./roles.ts";

/** A column of a wide file: `btc_close`, `Close BTC`, `('Close', 'AAPL')`. */
export interface WideName {
  readonly symbol: string;
  readonly role: Role;
}

const BAR_ROLES: ReadonlySet<Role> = new Set([...TOLD_COLUMNS, "price"]);

/** The symbol and the meaning in a name that holds both; undefined: it does not. */
export function wideName(name: string): WideName | undefined {
  const pair = /^\(\s*'?"?([^'",]+)'?"?\s*,\s*'?"?([^'",]+)'?"?\s*\)$/.exec(name);
  if (pair !== null) return joined(pair[1]!, pair[2]!) ?? joined(pair[2]!, pair[1]!, true);
  // the longest meaning wins: btc_taker_buy_volume
  const cuts = [...name.matchAll(/[\s_.:|-]+/g)].map(({ index, 0: mark }) => ({
    at: index,
    to: index + mark.length,
  }));
  for (const { at, to } of cuts) {
    const found = joined(name.slice(to), name.slice(0, at));
    if (found) return found;
  }
  for (const { at, to } of cuts.toReversed()) {
    const found = joined(name.slice(0, at), name.slice(to));
    if (found) return found;
  }
  return undefined;
}

/** What makes another column of a known one: an adjusted close is not the close, and bid and ask are no markets. */
const OTHER_KIND =
  /(?:^|[\s_.:-])(?:log|adj|adjusted|prev|previous|taker|taker_buy|quote|base|best|bid|ask|index|mark)$|^(?:log|ln|adj|prev|index|mark)[\s_.:-]/i;

function joined(what: string, symbol: string, swapped = false): WideName | undefined {
  const [role, name] = swapped ? [what, symbol] : [what, symbol];
  const found = meaningOf(role)?.role;
  if (found === undefined || !BAR_ROLES.has(found) || bareName(role).length < 3) return undefined;
  const plain = name.trim();
  // `close_time` is when a bar ends
  const isSymbol = plain !== "" && !OTHER_KIND.test(plain) && meaningOf(plain)?.role !== "time";
  if (!isSymbol) return undefined;
  return { symbol: plain, role: found === "price" ? "close" : found };
}
