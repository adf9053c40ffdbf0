import type { TroubleKind } from "../../pipeline/store/write/writer.ts";
import type { SymbolStatus } from "./symbol-status.ts";

/** Notes in the database how many trades of each symbol were not stored since the last call, and why. */
export function troubleNotes(
  symbols: readonly string[],
  note: (symbolIndex: number, kind: TroubleKind, trades: number) => void,
): (status: Readonly<Record<string, SymbolStatus>>) => void {
  const told = new Map<string, number>();
  const tell = (s: number, kind: TroubleKind, trades: number): void => {
    const key = `${kind} ${s}`;
    const more = trades - (told.get(key) ?? 0);
    if (more > 0) note(s, kind, more);
    told.set(key, trades);
  };
  return (status) => {
    for (const [s, symbol] of symbols.entries()) {
      tell(s, "ids-anew", status[symbol]!.anew);
      tell(s, "ids-below", status[symbol]!.regressed);
    }
  };
}
