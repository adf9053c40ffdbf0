import { e8ToText } from "../../core/decimal.ts";
import { quote, refuse } from "../../core/errors.ts";
import { formatDuration, parseDuration } from "../../core/time.ts";
import { type Asking, say } from "../files/asking.ts";
import { findSeries, seriesOfTrades } from "../files/bar-file.ts";
import { tradesOf } from "../files/rows/file-trades.ts";
import type { FileSeries } from "../files/rows/series.ts";
import { PIECE_ROWS, type TradeRows } from "../files/rows/trades.ts";
import type { IdRange } from "../store/ledger/id-ranges.ts";
import type { MergedTrade } from "../store/ledger/merged.ts";
import type { ImportedBar } from "../store/read/imported-bars.ts";
import { BATCH_COLUMNS, createBatch, type TradeBatch } from "../store/write/batch.ts";
import type { Examined } from "./examine.ts";

/** Rows of a file which are stored together in one transaction. */
export type Piece =
  | { readonly kind: "trades"; readonly rows: number; readonly batch: TradeBatch }
  | {
      readonly kind: "aggTrades";
      readonly rows: number;
      readonly merged: readonly MergedTrade[];
      /** Of a file that has single trades as well: these. */
      readonly batch?: TradeBatch;
    }
  | { readonly kind: "bars"; readonly rows: number; readonly bars: readonly ImportedBar[] };

/** What of a file comes into the database, and as what. */
export interface Load {
  readonly kind: Piece["kind"];
  readonly rows: number;
  /** Of trades: their ids, and some from all over the file. */
  readonly ids: IdRange | undefined;
  readonly sample: TradeBatch | undefined;
  /** Of bars. */
  readonly intervalUs: number | undefined;
  readonly told: readonly string[];
  pieces(): AsyncGenerator<Piece>;
}

/** The rows of one symbol as they are stored: trades that can't be counted as bars, everything else as what it is. */
export function loadOf(asking: Asking, examined: Examined, symbol: string): Load {
  const { layout, facts, series, told, rows } = examined;
  if (layout.kind === "bars") return barsLoad(chosen(asking, series, symbol), told);
  if (layout.kind === "trades" && !layout.isCounted) return uncounted(asking, examined, symbol);
  const isWoven = layout.kind === "trades" && facts!.isMerged;
  const kind = layout.kind === "merged" || isWoven ? "aggTrades" : "trades";
  return {
    kind,
    rows,
    ids: facts!.ids,
    sample: facts!.sample,
    intervalUs: undefined,
    told,
    pieces: async function* () {
      for await (const piece of examined.pieces()) {
        if (isWoven) yield woven(piece);
        else if (kind === "aggTrades") yield { kind, rows: piece.rows, merged: mergedOf(piece) };
        else yield { kind, rows: piece.rows, batch: piece.batch };
      }
    },
  };
}

/** Rows of which some stand for several trades, as exports have them: without numbers of their own. */
function woven(piece: TradeRows): Piece {
  const { batch, lastId } = piece;
  const single: number[] = [];
  const merged: number[] = [];
  for (let i = 0; i < batch.length; i++) (lastId[i] === batch.id[i] ? single : merged).push(i);
  const all = mergedOf({ ...piece, aggId: batch.id.map((id) => -id) });
  return {
    kind: "aggTrades",
    rows: piece.rows,
    merged: merged.map((i) => all[i]!),
    batch: picked(batch, single),
  };
}

function picked(batch: TradeBatch, rows: readonly number[]): TradeBatch {
  const out = createBatch(Math.max(1, rows.length));
  for (const i of rows) {
    const j = out.length++;
    for (const name of BATCH_COLUMNS) out[name][j] = batch[name][i]!;
  }
  return out;
}

function mergedOf({ batch, lastId, aggId }: TradeRows): MergedTrade[] {
  const text = (e8: bigint, fewer: number): string => e8ToText(e8, 8 - fewer);
  return Array.from({ length: batch.length }, (_, i) => ({
    aggId: aggId[i]!,
    first: batch.id[i]!,
    last: lastId[i]!,
    price: text(batch.priceE8[i]!, Math.floor(batch.decimals[i]! / 9)),
    qty: text(batch.qtyE8[i]!, batch.decimals[i]! % 9),
    tradeTimeUs: batch.tradeTimeUs[i]!,
    receivedUs: batch.receivedUs[i]!,
    isBuyerMaker: batch.isBuyerMaker[i] === 1,
  }));
}

function chosen(asking: Asking, series: readonly FileSeries[], symbol: string): FileSeries {
  if (series.length === 1 && series[0]!.symbol === undefined) return series[0]!;
  const names = series.map(({ symbol: own, closeName }) => own ?? closeName);
  return series[findSeries(asking.where, names, series, symbol)]!;
}

/** Trades whose ids prove nothing come in as bars of a length that is told. */
function uncounted(asking: Asking, examined: Examined, symbol: string): Load {
  const { interval } = asking.options;
  if (interval === undefined) {
    refuse({
      code: "uncounted",
      where: asking.where,
      problem: `needs numbers that count as ids, and who took, to keep trades as trades; ${quote(symbol, 40)} has none here, so nothing could prove that they are all`,
      hint: `Take them as bars: ${say(asking, "interval", "1m")}.`,
    });
  }
  const from =
    "These trades have no ids that count: they are kept as bars, and nothing proves that they are all.";
  const { layout, symbols, told } = examined;
  let made: FileSeries | undefined;
  const load = async (): Promise<FileSeries> => {
    if (made) return made;
    const pieces: TradeRows[] = [];
    for await (const piece of examined.pieces()) pieces.push(piece);
    const names = symbols.length === 0 ? [""] : symbols;
    const all = tradesOf(asking, layout, pieces, names, { sorted: 0, repeats: 0 });
    const data = {
      file: asking.where,
      kind: layout.kind,
      rows: examined.rows,
      series: [],
      trades: all,
      venue: undefined,
      told,
    };
    made = seriesOfTrades(data, { ...all[0]!, symbol }, interval, "skip");
    return made;
  };
  return {
    ...barsLoad(undefined, [...told, from]),
    rows: examined.rows,
    intervalUs: parseDuration(interval, "--interval"),
    pieces: async function* () {
      const series = await load();
      yield* barPieces(series, examined.rows);
    },
  };
}

function barsLoad(series: FileSeries | undefined, told: readonly string[]): Load {
  const gaps =
    series?.spacing.by === "wall"
      ? [
          `Its days are those of a clock that changes: ${formatDuration(series.spacing.intervalUs)} each by that clock.`,
        ]
      : [];
  return {
    kind: "bars",
    rows: series?.length ?? 0,
    ids: undefined,
    sample: undefined,
    intervalUs: series?.spacing.intervalUs,
    told: [...told, ...gaps],
    pieces: async function* () {
      if (series) yield* barPieces(series, series.length);
    },
  };
}

function* barPieces(series: FileSeries, rows: number): Generator<Piece> {
  const { length, timeUs, close, open, high, low, volume, quoteVolume, tradeCount, takerBuyVolume } = series;
  for (let from = 0; from < length; from += PIECE_ROWS) {
    const to = Math.min(length, from + PIECE_ROWS);
    const bars: ImportedBar[] = [];
    for (let i = from; i < to; i++) {
      const at = (column: Float64Array | undefined): number => column?.[i] ?? Number.NaN;
      if (Number.isNaN(close[i]!)) continue;
      bars.push({
        startUs: timeUs[i]!,
        open: at(open),
        high: at(high),
        low: at(low),
        close: close[i]!,
        volume: at(volume),
        quoteVolume: at(quoteVolume),
        tradeCount: at(tradeCount),
        takerBuyVolume: at(takerBuyVolume),
      });
    }
    yield { kind: "bars", rows: to === length ? rows - from : to - from, bars };
  }
}
