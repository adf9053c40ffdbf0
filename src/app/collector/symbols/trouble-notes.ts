import type { TroubleKind } from "../../../pipeline/store/write/writer.ts";
import type { SymbolStatus } from "./counts.ts";

/** Notes in the database how many trades of each symbol were not stored since the last call, and why; by index. */
export function troubleNotes(
  note: (symbolIndex: number, kind: TroubleKind, trades: number) => void,
): (symbols: readonly SymbolStatus[]) => void {
  const told = new Map<string, number>();
  const tell = (s: number, kind: TroubleKind, trades: number): void => {
    const key = `${kind} ${s}`;
    const more = trades - (told.get(key) ?? 0);
    if (more > 0) note(s, kind, more);
    told.set(key, trades);
  };
  return (symbols) => {
    for (const [s, { anew, regressed }] of symbols.entries()) {
      tell(s, "ids-anew", anew);
      tell(s, "ids-below", regressed);
    }
  };
}
