import { type IdRange, type IdRanges, idRanges } from "../../store/ledger/id-ranges.ts";
import type { Ends } from "../../store/quality/quality-pace.ts";
import type { HoleSpan, Pace } from "../../store/quality/quality-types.ts";
import type { Series } from "../../store/series.ts";
import type { Ask } from "../sync/ask.ts";
import { sqlText, sqlWhole } from "../wire/sql.ts";
import type { deskHoles } from "./desk-holes.ts";
import { readKey } from "./ledger.ts";
import { countIds, fromTrades, stretches, TIME_SQL } from "./trades.ts";

/** Ids of one statement. */
const CHUNK = 1_048_576;

/** What is asked of the trades themselves. */
export interface ServerChecks {
  ends(series: Series, span: IdRange): Ends;
  latencyMs(series: Series, ids: readonly IdRange[]): Float64Array;
  busiest(series: Series, ids: readonly IdRange[]): Pace["busiestSecond"] | undefined;
  /** Of ascending times: the least of these ids whose trade comes then or later; undefined in all where not just these are there. */
  firstIdsAt(
    series: Series,
    ids: readonly IdRange[],
    timesUs: readonly number[],
  ): readonly (number | undefined)[] | undefined;
  /** Of ids that the ledger claims: those that are not there. */
  absent(series: Series, ids: readonly IdRange[]): IdRange[];
  spans(series: Series, held: IdRanges, holes: ReturnType<typeof deskHoles>): HoleSpan[];
}

export function serverChecks(ask: Ask): ServerChecks {
  const from = (series: Series, ids: readonly IdRange[]): string =>
    fromTrades(...readKey(series), ids[0]!.first, ids.at(-1)!.last);
  const times = (series: Series, ids: readonly number[]): Map<number, number> => {
    const found = new Map<number, number>();
    const [venue, symbol] = readKey(series);
    for (let at = 0; at < ids.length; at += 1000) {
      const some = ids.slice(at, at + 1000).map(sqlWhole);
      const { rows, columns } = ask(
        "SELECT toFloat64(trade_id) AS id_, toFloat64(trade_time_us) AS time_ FROM trades FINAL " +
          `WHERE venue = ${sqlText(venue)} AND symbol = ${sqlText(symbol)} AND trade_id IN (${some.join(", ")}) FORMAT Native`,
      );
      for (let i = 0; i < rows; i++)
        found.set((columns.id_ as Float64Array)[i]!, (columns.time_ as Float64Array)[i]!);
    }
    return found;
  };
  return {
    ends: (series, { first, last }) => {
      const at = times(series, [first, last]);
      return {
        firstId: first,
        lastId: last,
        firstTimeUs: at.get(first) ?? Number.NaN,
        lastTimeUs: at.get(last) ?? Number.NaN,
      };
    },
    latencyMs: (series, ids) => {
      if (ids.length === 0) return new Float64Array();
      const { columns } = ask(
        `SELECT toFloat64(received_us - event_time_us) / 1000 AS ms ${from(series, ids)} AND source = 0 AND event_time_us != 0 FORMAT Native`,
      );
      return ((columns.ms as Float64Array | undefined) ?? new Float64Array()).sort();
    },
    busiest: (series, ids) => {
      if (ids.length === 0) return undefined;
      const { rows, columns } = ask(
        `SELECT toFloat64(intDiv(trade_time_us, 1000000) * 1000000) AS start_, toFloat64(count()) AS trades_ ${from(series, ids)} ` +
          "GROUP BY start_ ORDER BY trades_ DESC, start_ DESC LIMIT 1 FORMAT Native",
      );
      if (rows === 0) return undefined;
      return { startUs: (columns.start_ as Float64Array)[0]!, trades: (columns.trades_ as Float64Array)[0]! };
    },
    firstIdsAt: (series, ids, timesUs) => {
      const edges = timesUs.map(Math.ceil);
      if (ids.length === 0) return undefined;
      const { rows, columns } = ask(
        `SELECT toFloat64(roundDown(${TIME_SQL}, [${edges.map(sqlWhole).join(", ")}])) AS edge_, toFloat64(min(trade_id)) AS id_, ` +
          `toFloat64(count()) AS rows_ ${from(series, ids)} GROUP BY edge_ FORMAT Native`,
      );
      const of = (name: string, i: number): number => (columns[name] as Float64Array)[i]!;
      const least = new Map<number, number>();
      let trades = 0;
      for (let i = 0; i < rows; i++) {
        least.set(of("edge_", i), of("id_", i));
        trades += of("rows_", i);
      }
      if (trades !== countIds(ids)) return undefined;
      const found: (number | undefined)[] = [];
      let next: number | undefined;
      for (let k = edges.length - 1; k >= 0; k--) {
        const id = least.get(edges[k]!);
        if (id !== undefined && !(id > next!)) next = id;
        found[k] = next;
      }
      return found;
    },
    absent: (series, ids) =>
      stretches(ids, CHUNK).flatMap((some) => {
        const claimed = countIds(some);
        const { columns } = ask(`SELECT toFloat64(count()) AS rows_ ${from(series, some)} FORMAT Native`);
        if ((columns.rows_ as Float64Array)[0]! >= claimed) return [];
        const there = ask(`SELECT toFloat64(trade_id) AS id_ ${from(series, some)} FORMAT Native`);
        const found = idRanges();
        for (const id of (there.columns.id_ as Float64Array | undefined) ?? []) found.hold(id, id);
        return some.flatMap((range) => found.missing(range));
      }),
    spans: (series, held, holes) => {
      const near = (id: number): IdRange[] => held.around({ first: id, last: id });
      const lastBelow = (id: number): number | undefined => {
        const range = near(id - 1).findLast(({ first }) => first < id);
        return range && Math.min(range.last, id - 1);
      };
      const firstAbove = (id: number): number | undefined => {
        const range = near(id + 1).find(({ last }) => last > id);
        return range === undefined ? undefined : Math.max(range.first, id + 1);
      };
      const edges = holes.map((hole) => [lastBelow(hole.first), firstAbove(hole.last)] as const);
      const at = times(series, [...new Set(edges.flat().filter((id) => id !== undefined))]);
      const timeAt = (id: number | undefined): number => at.get(id ?? -1) ?? Number.NaN;
      return holes.map((hole, i) => ({
        ...hole,
        missingIds: hole.last - hole.first + 1 - held.count(hole),
        fromUs: timeAt(edges[i]![0]),
        toUs: timeAt(edges[i]![1]),
      }));
    },
  };
}
