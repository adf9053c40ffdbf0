import type { TradeColumns } from "../../../core/trade-columns.ts";
import { SUM_COLUMNS, sliceSums, type TradeSums } from "../../../core/trade-sums.ts";
import { PLAIN } from "../../bars/sums.ts";
import { type IdRange, idRanges } from "../../store/ledger/id-ranges.ts";
import { blockRange } from "../ledger/blocks.ts";
import { SCALE } from "../ledger/trade-rows.ts";
import type { Table } from "../native/decode.ts";
import { sqlWhole } from "../wire/sql.ts";
import type { SeriesLedger } from "./series-state.ts";
import { countIds, fromTrades, stretches, TIME_SQL } from "./trades.ts";

/** Trades from which on the server sums them. */
const LONG = 100_000;
/** As many trades a step, or more: fewer are sooner sent than summed. */
const WORTH = 4;
/** Stretches to be read as trades are read at once where no more ids lie between them. */
const NEAR = 32_768;
/** Ids of one statement. */
const ANSWER_IDS = 16_777_216;

const PRODUCTS = "sum(toInt128(price) * qty)";
const whole = (sql: string): string => `toFloat64(${sql})`;
const price = (sql: string): string => `${sql} / 1e${SCALE}`;
const parts = (sum: string, name: string, condition: string): string =>
  `${whole(`${sum}(bitShiftRight(qty, 26)${condition})`)} * ${2 ** 26} AS ${name}1, ` +
  `${whole(`${sum}(bitAnd(qty, ${2 ** 26 - 1})${condition})`)} AS ${name}0`;

/** Sums of trades by steps of time, ascending by first id. `odd`: how many can't be summed so, and whose row then means nothing. */
export function sumsQuery(venue: string, symbol: string, { first, last }: IdRange, stepUs: number): string {
  const plain = `scale = ${SCALE} AND price > 0 AND qty > 0 AND price < ${PLAIN} AND qty < ${PLAIN} - price AND time >= 0`;
  return (
    `SELECT ${whole(`intDiv(time, ${sqlWhole(stepUs)}) * ${sqlWhole(stepUs)}`)} AS startUs, ${whole("max(time)")} AS newestUs, ` +
    `${whole("min(trade_id)")} AS firstId, ${whole("max(trade_id)")} AS lastId, ${whole("count()")} AS trades, ` +
    `${price("argMin(price, trade_id)")} AS open, ${price("max(price)")} AS high, ${price("min(price)")} AS low, ` +
    `${price("argMax(price, trade_id)")} AS close, ${parts("sum", "v", "")}, ${parts("sumIf", "b", ", is_buyer_maker = 0")}, ` +
    `${whole(`bitAnd(${PRODUCTS}, toInt128(${2 ** 26 - 1}))`)} AS z0, ${whole(`bitAnd(${PRODUCTS}, toInt128(${2 ** 52 - 2 ** 26}))`)} AS z1, ` +
    `${whole(`${PRODUCTS} - bitAnd(${PRODUCTS}, toInt128(${2 ** 52 - 1}))`)} AS z2, ` +
    `${whole(`countIf(NOT (${plain}))`)} AS odd ` +
    `FROM (SELECT trade_id, price, qty, scale, is_buyer_maker, ${TIME_SQL} AS time ${fromTrades(venue, symbol, first, last)}) ` +
    "GROUP BY startUs ORDER BY firstId FORMAT Native"
  );
}

/** What is known of a series, and how its trades are read. */
export interface Summed {
  readonly symbol: string;
  readonly venue: string;
  readonly state: SeriesLedger;
  ask(sql: string): Table;
  blocks(fromId: number, toId: number): Iterable<TradeColumns>;
  holes(first: number, last: number): IdRange[];
}

/** Whether the server sums the trades of these ids sooner than it sends them. */
export function isWorthSumming(
  { held, rows }: SeriesLedger,
  ids: readonly IdRange[],
  stepUs: number,
): boolean {
  const trades = countIds(ids);
  if (trades < LONG) return false;
  const blocks = idRanges(ids);
  let [firstUs, lastUs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    if (blocks.within(blockRange(row.block)).length === 0) continue;
    firstUs = Math.min(firstUs, row.firstUs);
    lastUs = Math.max(lastUs, row.lastUs);
  }
  return held.ranges.length > 0 && trades >= (WORTH * (lastUs - firstUs)) / stepUs;
}

/**
 * Trades of a range of ids as sums that the server makes. A row is believed where it holds each id from its first to its last,
 * all of them claimed, and its time has not gone back; all others are read as trades, which are whole or refused.
 */
export function* summed(
  { venue, symbol, state, ask, blocks, holes }: Summed,
  ids: readonly IdRange[],
  stepUs: number,
): Generator<TradeColumns | TradeSums, void, undefined> {
  const covered = idRanges(state.covered());
  const merged = state.merged();
  let latestUs = Number.NEGATIVE_INFINITY;
  let nextMerged = merged.indexAt(ids[0]!.first);
  /** Which rows are as sums have to be. */
  const believed = (rows: SumRows): boolean[] =>
    Array.from({ length: rows.length }, (_, i) => {
      const [first, last] = [rows.firstId[i]!, rows.lastId[i]!];
      for (; nextMerged < merged.length; nextMerged++) {
        const before = merged.row(nextMerged);
        if (before.first >= first) break;
        latestUs = Math.max(latestUs, Math.floor(before.timeUs / stepUs) * stepUs);
      }
      const isBack = rows.startUs[i]! < latestUs;
      latestUs = Math.max(latestUs, rows.startUs[i]!);
      const trades = last - first + 1;
      return (
        !isBack &&
        rows.odd[i] === 0 &&
        rows.trades[i] === trades &&
        state.held.count({ first, last }) === trades
      );
    });

  for (const some of stretches(ids, ANSWER_IDS)) {
    const span = { first: some[0]!.first, last: some.at(-1)!.last };
    const rows = {
      ...rowsOf(ask(sumsQuery(venue, symbol, span, stepUs))),
      holes: holes(span.first, span.last),
    };
    const isBelieved = believed(rows);
    const left = idRanges(covered.within(span).map((range) => clipped(range, span)));
    for (let i = 0; i < rows.length; i++) if (isBelieved[i]) left.release(rows.firstId[i]!, rows.lastId[i]!);
    let row = 0;
    const sumsBelow = function* (id: number): Generator<TradeSums> {
      for (; row < rows.length && rows.firstId[row]! < id; row++) {
        if (!isBelieved[row]) continue;
        const from = row;
        while (row + 1 < rows.length && rows.firstId[row + 1]! < id && isBelieved[row + 1]) row++;
        yield sliceSums(rows, from, row + 1);
      }
    };
    for (const { first, last } of joined(left.ranges)) {
      yield* sumsBelow(first);
      yield* blocks(first, last + 1);
      while (row < rows.length && rows.firstId[row]! <= last) row++;
    }
    yield* sumsBelow(Number.POSITIVE_INFINITY);
  }
}

interface SumRows extends TradeSums {
  readonly trades: Float64Array;
  readonly odd: Float64Array;
}

function rowsOf({ rows, columns }: Table): Omit<SumRows, "holes"> {
  const names = [...SUM_COLUMNS, "trades", "odd"] as const;
  const all = names.map((name) => [name, columns[name] ?? new Float64Array()]);
  return { length: rows, ...(Object.fromEntries(all) as Record<(typeof names)[number], Float64Array>) };
}

const clipped = (range: IdRange, { first, last }: IdRange): IdRange => ({
  first: Math.max(range.first, first),
  last: Math.min(range.last, last),
});

/** Stretches with few ids between them as one. */
function joined(ranges: readonly IdRange[]): IdRange[] {
  const found: { first: number; last: number }[] = [];
  for (const { first, last } of ranges) {
    const before = found.at(-1);
    if (before !== undefined && first - before.last <= NEAR) before.last = last;
    else found.push({ first, last });
  }
  return found;
}
