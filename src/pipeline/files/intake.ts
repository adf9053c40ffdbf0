import { refuse } from "../../core/errors.ts";
import type { Asking, Separator } from "./asking.ts";
import { layoutOf } from "./columns/header.ts";
import type { Expectations, Layout } from "./columns/layout.ts";
import { type BarTaker, barTaker } from "./rows/bars.ts";
import { type Conventions, type RowReader, rowReader } from "./rows/row-reader.ts";
import { PIECE_ROWS, type TradeContext, type TradeRows, type TradeTaker, tradeTaker } from "./rows/trades.ts";
import type { Cells } from "./text/records.ts";

/** Takes the rows of one file as they come, whatever they were stored in. */
export interface Intake {
  push(cells: Cells): void;
  /** Hands out the trades that are still here. */
  flush(): void;
  /** After the last row: refuses a file without any, and what its rows leave open. True: they have to be read again. */
  end(): { readonly isRight: boolean; readonly conventions: Conventions };
  /** Known from the first rows on. */
  readonly layout: Layout | undefined;
  readonly reader: RowReader | undefined;
  readonly bars: BarTaker | undefined;
  readonly trades: TradeTaker | undefined;
  /** Rows of data. */
  readonly rows: number;
  /** The first of them. */
  readonly first: readonly string[];
}

export interface IntakeSettings extends TradeContext {
  readonly asking: Asking;
  readonly expected: Expectations;
  readonly conventions?: Conventions | undefined;
  /** Of text; known when its first rows are. */
  separator(): Separator | undefined;
  /** Names of columns that do not stand in the rows. */
  readonly names?: readonly string[] | undefined;
  /** Gets the rows of trades, so many at a time. */
  onTrades(rows: TradeRows): void;
}

/** Rows that are looked at to find out where a file has what. */
const SAMPLE_ROWS = 40;

export function fileIntake(settings: IntakeSettings): Intake {
  const { asking, expected, conventions } = settings;
  let layout: Layout | undefined;
  let reader: RowReader | undefined;
  let bars: BarTaker | undefined;
  let trades: TradeTaker | undefined;
  let rows = 0;
  let first: readonly string[] | undefined;
  let take: ((cells: readonly string[], row: number) => void) | undefined;

  const begin = (cells: Cells): number => {
    const { names } = settings;
    const sample = cells.rows.slice(0, SAMPLE_ROWS);
    const named = names === undefined ? sample : [names, ...sample];
    layout = layoutOf(asking, named, expected);
    reader = rowReader(asking, layout, settings.separator(), conventions);
    if (layout.kind === "bars") bars = barTaker(asking, layout, reader);
    else trades = tradeTaker(asking, layout, reader, settings);
    take = (bars ?? trades)!.take;
    return names === undefined ? layout.headerRows : 0;
  };

  return {
    push: (cells) => {
      if (cells.rows.length === 0) return;
      const from = take === undefined ? begin(cells) : 0;
      const one = take!;
      for (let i = from; i < cells.rows.length; i++) {
        one(cells.rows[i]!, cells.numbers[i]!);
        if (trades?.pending === PIECE_ROWS) settings.onTrades(trades.piece()!);
      }
      rows += Math.max(0, cells.rows.length - from);
      first ??= cells.rows[from];
    },
    flush: () => {
      const last = trades?.piece();
      if (last) settings.onTrades(last);
    },
    end: () => {
      if (reader === undefined || rows === 0) {
        return refuse({
          code: "no-rows",
          where: asking.where,
          problem: "needs rows; it has none",
          hint: "Look whether it is the right file, and complete.",
        });
      }
      trades?.end();
      const settled = reader.settle();
      return { isRight: reader.isRight(settled), conventions: settled };
    },
    get layout() {
      return layout;
    },
    get reader() {
      return reader;
    },
    get bars() {
      return bars;
    },
    get trades() {
      return trades;
    },
    get rows() {
      return rows;
    },
    get first() {
      return first ?? [];
    },
  };
}
