/** What a status line is made of; read back from a log's JSON, a number that is not there is null. */
export interface StatusFacts {
  readonly feed: { readonly kind: string };
  readonly pending: number;
  readonly blocked: string;
  readonly backfill?: { readonly active: boolean; readonly missing: number; readonly reason: string };
  /** Of more symbols than are listed. */
  readonly symbolCount?: number;
  readonly totals?: { readonly rate: number; readonly stored: number; readonly lagMs: number | null };
  readonly symbols: Readonly<
    Record<
      string,
      {
        readonly rate: number;
        readonly stored: number;
        readonly lagMs: number | null;
        readonly anew?: number;
      }
    >
  >;
}

/** A collector's state as one line for a terminal. */
export function statusText(facts: StatusFacts): string {
  const { feed, pending, blocked, backfill, symbols, totals, symbolCount = 0 } = facts;
  const state = blocked !== "" ? "NOT STORING" : feed.kind === "waiting" ? "disconnected" : feed.kind;
  const listed = Object.entries(symbols);
  const shown = totals === undefined ? listed : listed.filter(([, { anew = 0 }]) => anew > 0);
  const parts = shown.map(([symbol, { rate, stored, lagMs, anew = 0 }]) => {
    if (anew > 0) return `${symbol} NOT STORED (its ids have started over)`;
    const lag = lagMs === null || Number.isNaN(lagMs) ? "" : ` lag ${Math.round(lagMs)} ms`;
    return `${symbol} ${rate}/s${lag} stored ${stored}`;
  });
  if (totals !== undefined) {
    const { rate, stored, lagMs } = totals;
    const lag = lagMs === null || Number.isNaN(lagMs) ? "" : ` lag ${Math.round(lagMs)} ms`;
    parts.unshift(`${symbolCount} symbols ${rate}/s${lag} stored ${stored}`);
  }
  if (pending > 10_000) parts.push(`${pending} waiting`);
  if (backfill !== undefined && backfill.missing > 0) {
    parts.push(`${backfill.missing} missing (${backfill.active ? "being filled in" : backfill.reason})`);
  }
  return [state, ...parts].join(" · ");
}
