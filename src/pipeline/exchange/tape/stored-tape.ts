import { basename } from "node:path";
import { quote, refuse } from "../../../core/errors.ts";
import { formatDuration, formatUtc } from "../../../core/time.ts";
import { type Venue, venueLabel } from "../../../core/trade.ts";
import { importedLengths } from "../../bars/imported-series.ts";
import { openStore } from "../../open-store.ts";
import type { Series, TradeStore } from "../../store/trade-store.ts";
import { whichSeries } from "../../store/which-series.ts";
import type { MarketSource, MarketTrade, SymbolInfo } from "../source.ts";
import { receiptOrder, type Sent } from "./receipt-order.ts";
import { type StoredTrack, storedTrack } from "./stored-track.ts";
import { symbolInfo } from "./symbol-info.ts";
import { tapeSlug } from "./tape-files.ts";
import { PLAYABLE_SYMBOL } from "./tape-rows.ts";

/** Which part of a database is played. */
export interface TapeWindow {
  /** As `whichSeries` chooses it unless told. */
  readonly venue?: string;
  /** All that have a trade in the window, unless told. */
  readonly symbols?: readonly string[];
  /** Trade time, from (included) and to (not included). */
  readonly fromUs?: number;
  readonly toUs?: number;
}

/**
 * A window of a database and its archive as a market: the trades as they were received, holes as they are. Memory is
 * bounded, however long the window. Refuses a window without trades.
 */
export function openStoredTape(path: string, window: TapeWindow = {}): MarketSource {
  const { fromUs, toUs } = window;
  if (fromUs !== undefined && toUs !== undefined && fromUs >= toUs) {
    refuse({
      code: "bad-range",
      where: "--to",
      problem: `needs a time after --from; got ${formatUtc(fromUs)} and ${formatUtc(toUs)}`,
      hint: "Swap them, or leave one of them out.",
      facts: { fromUs, toUs },
    });
  }
  const reader = openStore(path);
  try {
    const parts = chosenParts(reader, window);
    for (const { series, fromId, toId } of parts) reader.checkThere(series, fromId, toId);
    const blockRows = Math.max(1024, Math.min(16_384, Math.floor(65_536 / parts.length)));
    const tracks = parts.map((part, symbol) => storedTrack(reader, { ...part, symbol, blockRows }));
    const { venue } = parts[0]!.series;
    const name = basename(path).replace(/\.(db|sqlite3?)$/i, "");
    return {
      name: `replay-${tapeSlug(name)}`,
      kind: "replayed",
      detail: `${basename(path)}: ${venueText(venue)}, ${spanText(window, parts)}`,
      symbols: parts.map((part, i) => infoOf(part, tracks[i]!)),
      ...storedTape(tracks, Math.max(...parts.map(({ endUs }) => endUs))),
    };
  } catch (error) {
    reader.close();
    throw error;
  }
}

/** What a market of these tracks answers; `lastUs`: the last event time as far as it is known. */
function storedTape(
  tracks: readonly StoredTrack[],
  lastUs: number,
): Omit<MarketSource, "name" | "kind" | "detail" | "symbols"> {
  let rows: Iterator<Sent, void, undefined>;
  let next: Sent | undefined;
  let sentUs = 0;
  const step = (): void => {
    next = rows.next().value ?? undefined;
  };
  const rewind = (): void => {
    rows = receiptOrder(tracks);
    sentUs = 0;
    step();
  };
  rewind();
  return {
    startUs: next!.sentUs,
    get endUs() {
      return Math.max(lastUs, next?.sentUs ?? 0);
    },
    between(fromUs, toUs) {
      if (fromUs < sentUs) rewind();
      sentUs = toUs;
      const out: MarketTrade[] = [];
      for (; next !== undefined && next.sentUs <= toUs; step()) {
        if (next.sentUs > fromUs) out.push(next.trade);
      }
      return out;
    },
    trades: (symbol, fromId, toId, most) => tracks[symbol]!.trades(fromId, toId, most),
    firstId: (symbol) => tracks[symbol]!.firstId,
    lastId: (symbol, us, by) => tracks[symbol]!.lastId(us, by),
    firstIdOfAggregate: (symbol, aggregateId) => tracks[symbol]!.firstIdOfAggregate(aggregateId),
  };
}

/** One symbol's part of the window, with its first and last time. */
interface Part {
  readonly series: Series;
  readonly fromId: number;
  readonly toId: number;
  readonly startUs: number;
  readonly endUs: number;
}

function chosenParts(reader: TradeStore, window: TapeWindow): Part[] {
  const { venue, symbols } = window;
  const chosen = whichSeries(reader, {
    ...(symbols !== undefined && { symbols }),
    ...(venue !== undefined && { venue }),
  });
  const parts = chosen.flatMap((series) => partOf(reader, series, window) ?? []);
  const odd = parts.find(({ series }) => !PLAYABLE_SYMBOL.test(series.symbol));
  if (odd !== undefined) {
    refuse({
      code: "bad-symbol",
      where: reader.label,
      problem: `needs symbols of upper-case letters and digits, such as BTCUSDT, to be played; the window has ${quote(odd.series.symbol, 60)}`,
      hint: "Name others with --symbols.",
      facts: { symbol: odd.series.symbol },
    });
  }
  const empty = symbols?.filter((_, k) => !parts.some(({ series }) => series === chosen[k])) ?? [];
  if (parts.length === 0 || empty.length > 0) refuseEmpty(reader, window, empty, chosen);
  const venues = [...new Set(parts.map(({ series }) => series.venue.name))];
  if (venues.length > 1) {
    refuse({
      code: "several-venues",
      where: "--symbols",
      problem: `needs symbols of one venue, a replay is of one; got ${venues.join(", ")}`,
      hint: "Play them one after the other.",
      facts: { venues },
    });
  }
  return parts;
}

const NO_END = Number.MAX_SAFE_INTEGER;

/** Undefined: no trade of it lies in the window. */
function partOf(reader: TradeStore, series: Series, { fromUs, toUs }: TapeWindow): Part | undefined {
  const at = (us: number | undefined, otherwise: number): number =>
    us === undefined ? otherwise : (reader.firstIdAt(series, us) ?? NO_END);
  const [fromId, toId] = [at(fromUs, 0), at(toUs, NO_END)];
  if (fromId >= toId) return undefined;
  const first = reader.exact(series, fromId, toId, 1);
  if (first.length === 0) return undefined;
  // what comes while the tape is played is not on it
  const last = reader.newest(series, toId)!;
  return { series, fromId, toId: last.id + 1, startUs: first.tradeTimeUs[0]!, endUs: last.timeUs };
}

function refuseEmpty(
  reader: TradeStore,
  window: TapeWindow,
  symbols: readonly string[],
  chosen: readonly Series[],
): never {
  const { fromUs, toUs } = window;
  const asked = [
    fromUs === undefined ? [] : [`from ${formatUtc(fromUs)}`],
    toUs === undefined ? [] : [`before ${formatUtc(toUs)}`],
  ].flat();
  const wanted = chosen.filter(({ symbol }) => symbols.length === 0 || symbols.includes(symbol));
  const held = wanted
    .flatMap((one) => partOf(reader, one, {}) ?? [])
    .map((one) => `${one.series.symbol} ${spanText({}, [one])}`)
    .join(", ");
  refuseImported(reader, wanted);
  const venue = chosen[0]?.venue.name;
  const others = reader.series().filter((one) => one.venue.name !== venue && partOf(reader, one, window));
  const [other] = [...new Set(others.map((one) => one.venue.name))];
  refuse({
    code: "empty-window",
    where: reader.label,
    problem:
      `needs trades${symbols.length === 0 ? "" : ` of ${symbols.join(", ")}`} ${asked.join(" and ")}`.trimEnd() +
      `; ${venue === undefined || other === undefined ? "it" : venue} holds ${held || "none"}`,
    hint:
      other === undefined
        ? "Choose the window by --from and --to."
        : `Choose the window by --from and --to, or another venue: --tape-venue ${other}.`,
    facts: { fromUs, toUs, symbols },
  });
}

/** What came merged, or as bars, has no single trade to be played. */
function refuseImported(reader: TradeStore, wanted: readonly Series[]): void {
  const what = wanted.flatMap((one) => {
    if (partOf(reader, one, {}) !== undefined) return [];
    const lengths = importedLengths(reader, one).map(formatDuration);
    const isMerged = reader.newest(one) !== undefined;
    if (!isMerged && lengths.length === 0) return [];
    return [`${one.symbol} has ${isMerged ? "merged trades" : `bars of ${lengths.join(" and ")}`} alone`];
  });
  if (what.length === 0) return;
  refuse({
    code: "no-single-trades",
    where: reader.label,
    problem: `needs single trades, which an exchange sends one by one; ${what.join(", ")}`,
    hint: "Charts, reports and exports take them; to replay, import the file of trades.",
  });
}

/** The window as it was asked for, or as far as there are trades. */
function spanText({ fromUs, toUs }: TapeWindow, parts: readonly Part[]): string {
  const from = fromUs ?? Math.min(...parts.map(({ startUs }) => startUs));
  const to = toUs ?? Math.max(...parts.map(({ endUs }) => endUs));
  return `${formatUtc(from)} to ${formatUtc(to)}`;
}

/** A venue that is not real says so in a replay, too. */
function venueText(venue: Venue): string {
  const label = venueLabel(venue);
  return label === "" ? venue.name : `${venue.name} (${label})`;
}

const SAMPLE = 1000;

function infoOf({ series }: Part, track: StoredTrack): SymbolInfo {
  const trades = track.trades(track.firstId, NO_END, SAMPLE);
  return symbolInfo(
    series.symbol,
    trades.map(({ price }) => price),
    trades.map(({ qty }) => qty),
  );
}
