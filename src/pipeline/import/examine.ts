import { type Asking, refuseRow } from "../files/asking.ts";
import type { BinanceName } from "../files/binance-name.ts";
import type { Layout, RowKind } from "../files/columns/layout.ts";
import { fileIntake, type Intake } from "../files/intake.ts";
import { kindOfName, toldInterval, typedRows } from "../files/read-file.ts";
import { inOrder } from "../files/rows/order.ts";
import type { Conventions } from "../files/rows/row-reader.ts";
import { checkSpan, type FileSeries, type Ordering, seriesOf } from "../files/rows/series.ts";
import type { TradeRows } from "../files/rows/trades.ts";
import type { Content } from "../files/tables/content.ts";
import type { OpenFile } from "../files/tables/open-file.ts";
import { textRecords } from "../files/text/records.ts";
import { toldOf } from "../files/told.ts";
import { type TradeFacts, tradeFacts } from "./facts.ts";

/** A file that was read as a whole, and is sound. */
export interface Examined {
  readonly layout: Layout;
  readonly rows: number;
  /** As a column names them, or none. */
  readonly symbols: readonly string[];
  /** Of bars. */
  readonly series: readonly FileSeries[];
  /** Of trades. */
  readonly facts: TradeFacts | undefined;
  readonly told: readonly string[];
  /** The trades once more, by ascending id; from memory where they fit. */
  pieces(): AsyncGenerator<TradeRows>;
}

export interface ExamineSettings {
  /** What a column of symbols has to say. */
  readonly symbol: string | undefined;
  readonly kind: RowKind | undefined;
  readonly named: BinanceName | undefined;
  readonly onBytes: (done: number) => void;
}

/** Trades that are kept in memory between the two readings of a file; above, it is read again. */
const MOST_KEPT = 3_000_000;
/** Trades out of order that are sorted in memory. */
const MOST_SORTED = 20_000_000;

/** Reads all of a file; refuses it where anything is wrong. */
export async function examineFile(
  file: OpenFile,
  content: Content,
  asking: Asking,
  settings: ExamineSettings,
): Promise<Examined> {
  let kept: TradeRows[] | undefined = [];
  let taken = 0;
  const first = async (conventions?: Conventions): Promise<Pass> => {
    kept = [];
    taken = 0;
    const facts = tradeFacts();
    const pass = passOf(file, content, asking, settings, conventions);
    for await (const piece of pass.pieces()) {
      facts.take(piece);
      taken += piece.batch.length;
      if (taken <= MOST_KEPT || !facts.isInOrder) kept?.push(piece);
      else kept = undefined;
      if (taken > MOST_SORTED && !facts.isInOrder) disorder(asking);
    }
    return { ...pass, facts };
  };
  let pass = await first();
  const end = pass.intake().end();
  if (!end.isRight) {
    pass = await first(end.conventions);
    pass.intake().end();
  }
  const intake = pass.intake();
  const { layout } = intake;
  const ordering: Ordering = { sorted: 0, repeats: 0 };
  const facts = intake.trades === undefined ? undefined : pass.facts!.facts();
  if (facts !== undefined && !facts.isInOrder) {
    if (kept === undefined) kept = await again(file, content, asking, settings, end.conventions);
    const sorted = inOrder(asking, kept, layout!.kind === "merged" || layout!.isCounted);
    ordering.sorted++;
    ordering.repeats += sorted.repeats;
    kept = sorted.pieces;
  }
  const toldLength = toldInterval(asking, settings.named, layout!, intake.bars?.lengthUs);
  const series = (intake.bars?.series ?? []).map((raw) =>
    seriesOf(asking, raw, intake.reader!, toldLength, ordering),
  );
  for (const one of series) checkSpan(asking, one, settings.named);
  const told = toldOf(asking, layout!, intake.reader!, ordering, {
    empty: intake.bars?.empty ?? 0,
    incomplete: intake.bars?.incomplete ?? 0,
    preamble: pass.preamble,
  });
  const memory = kept;
  return {
    layout: layout!,
    rows: intake.rows,
    symbols:
      intake.trades?.symbols.filter((name) => name !== "") ?? series.flatMap(({ symbol }) => symbol ?? []),
    series,
    facts,
    told,
    pieces: async function* () {
      if (memory !== undefined) yield* memory;
      else yield* passOf(file, content, asking, settings, end.conventions).pieces();
    },
  };
}

async function again(
  file: OpenFile,
  content: Content,
  asking: Asking,
  settings: ExamineSettings,
  conventions: Conventions,
): Promise<TradeRows[]> {
  const all: TradeRows[] = [];
  for await (const piece of passOf(file, content, asking, settings, conventions).pieces()) all.push(piece);
  return all;
}

function disorder(asking: Asking): never {
  return refuseRow(asking, {
    code: "out-of-order",
    need: `trades by ascending id, as a file of more than ${MOST_SORTED.toLocaleString("en")} is not sorted here`,
    hint: "Sort it by id first. Nothing was taken from this file.",
  });
}

interface Pass {
  readonly facts?: ReturnType<typeof tradeFacts>;
  readonly preamble: readonly string[];
  intake(): Intake;
  pieces(): AsyncGenerator<TradeRows>;
}

/** One reading of a file, from its begin to its end. */
function passOf(
  file: OpenFile,
  content: Content,
  asking: Asking,
  { symbol, kind, named, onBytes }: ExamineSettings,
  conventions: Conventions | undefined,
): Pass {
  let ready: TradeRows[] = [];
  const typed = content.form === "text" ? undefined : typedRows(file, content, asking);
  const records = typed === undefined ? textRecords(asking) : undefined;
  const intake = fileIntake({
    asking,
    expected: {
      kind: kind ?? kindOfName(named),
      fileName: content.entry ?? file.name,
      ...(typed?.typed && { typed: typed.typed }),
    },
    conventions,
    separator: () => records?.separator,
    names: typed?.names,
    symbol,
    span: named,
    receivedUs: asking.nowUs,
    onTrades: (piece) => ready.push(piece),
  });
  const flush = (): TradeRows[] => {
    const done = ready;
    ready = [];
    return done;
  };
  return {
    preamble: records?.preamble ?? [],
    intake: () => intake,
    pieces: async function* () {
      if (records !== undefined) {
        let done = 0;
        for await (const chunk of content.read()) {
          intake.push(records.push(chunk));
          done += chunk.length;
          onBytes(done);
          yield* flush();
        }
        intake.push(records.end());
      } else {
        try {
          for (const cells of typed!.cells()) {
            intake.push(cells);
            yield* flush();
          }
        } finally {
          typed!.close?.();
        }
        onBytes(content.bytes);
      }
      intake.flush();
      yield* flush();
    },
  };
}
