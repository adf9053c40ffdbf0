import { TOLD_COLUMNS, type ToldColumn } from "../../../core/bars.ts";
import { formatUtc } from "../../../core/time.ts";
import { type Asking, refuseRow, say } from "../asking.ts";
import { instantReader } from "../values/instants.ts";
import { PRICE_ROLES, type RawBars } from "./bars.ts";
import { isRegular, type Spacing, spacingOf } from "./intervals.ts";
import type { RowReader } from "./row-reader.ts";
import type { Span } from "./trades.ts";

/** Bars of one symbol, oldest first. NaN: the file has no value there. */
export interface FileSeries extends Readonly<Partial<Record<ToldColumn, Float64Array>>> {
  /** As the file names it; undefined: it does not. */
  readonly symbol: string | undefined;
  /** The column of its closes. */
  readonly closeName: string;
  readonly length: number;
  /** Begin of each bar, µs since 1970 UTC, ascending. */
  readonly timeUs: Float64Array;
  /** What the file's clock showed then, counted as if it were UTC. */
  readonly wallUs: Float64Array;
  readonly close: Float64Array;
  /** The line or row of each bar. */
  readonly row: Float64Array;
  readonly spacing: Spacing;
}

/** What was done to the rows of a file. */
export interface Ordering {
  sorted: number;
  repeats: number;
}

/** Rows as they stood → bars in order: sorted by time, identical repeats once. Refuses two rows of one bar which differ. */
export function seriesOf(
  asking: Asking,
  raw: RawBars,
  reader: RowReader,
  told: ToldLength | undefined,
  ordering: Ordering,
): FileSeries {
  const length = raw.row.length;
  const isDescending = descends(raw);
  const source = (i: number): number => (isDescending ? length - 1 - i : i);
  const instants = instantReader(asking, reader.zone, { strictly: true, isDates: reader.times.isDates });
  const instant = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const k = source(i);
    instant[k] = instants.next(raw.wallUs[k]!, raw.offsetUs[k]!, raw.row[k]!);
  }
  instants.end();
  const order = ascending(instant);
  const isOrdered = !order.some((k, i) => k !== i);
  if (length > 1 && (isDescending || !isOrdered)) ordering.sorted++;
  const rows = withoutRepeats(asking, raw, instant, order, ordering);
  const pickFrom =
    (kept: Uint32Array) =>
    (column: ArrayLike<number>): Float64Array => {
      const out = new Float64Array(kept.length);
      if (kept.length === column.length && isOrdered) {
        out.set(column);
        return out;
      }
      for (let i = 0; i < out.length; i++) out[i] = column[kept[i]!]!;
      return out;
    };
  // days of a zone, told in UTC
  const isOfZone =
    asking.options.tz !== undefined && reader.times.isAbsolute && !isRegular(pickFrom(rows)(instant));
  const own = told?.isSure ? sureSpacing(pickFrom(rows)(instant), instant, told.us) : undefined;
  const wall = own?.wallUs ?? (isOfZone ? instant.map(reader.zone.wall) : raw.wallUs);
  const spacing =
    own?.spacing ?? spacingIn(asking, pickFrom(rows), { instant, wall, row: raw.row }, told?.us);
  const kept = raw.isWide ? rows : rows.filter((k) => hasPrice(raw, k));
  const pick = pickFrom(kept);
  const [timeUs, wallUs, row] = [pick(instant), pick(wall), pick(raw.row)];
  checkBeen(asking, timeUs, row);
  checkBegins(asking, timeUs, row);
  const values: Partial<Record<ToldColumn, Float64Array>> = {};
  for (const role of TOLD_COLUMNS) {
    const column = raw.values[role];
    const picked = column === undefined ? undefined : pick(column);
    // a column in which nothing stands tells nothing
    if (picked !== undefined && (role === "close" || !picked.every(Number.isNaN))) values[role] = picked;
  }
  const { symbol, closeName } = raw;
  return {
    symbol,
    closeName,
    length: timeUs.length,
    timeUs,
    wallUs,
    row,
    spacing,
    ...values,
    close: values.close!,
  };
}

/** The length of bars that a file's name, its user or a column tells. */
export interface ToldLength {
  readonly us: number;
  /** One of our own exports says so: its rows may all be further apart. */
  readonly isSure: boolean;
}

/** Bars of a length that is sure; days of a clock that is put forward and back begin an hour off. Undefined: rows contradict it. */
function sureSpacing(
  ordered: Float64Array,
  instant: Float64Array,
  intervalUs: number,
): { readonly spacing: Spacing; readonly wallUs: Float64Array } | undefined {
  const firstUs = ordered[0]!;
  const slackUs = intervalUs >= 86_400e6 ? 3_600e6 : 0;
  const wallUs = instant.map((us) => firstUs + Math.round((us - firstUs) / intervalUs) * intervalUs);
  const off = wallUs.reduce((most, us, i) => Math.max(most, Math.abs(us - instant[i]!)), 0);
  return off > slackUs ? undefined : { spacing: { intervalUs, by: off === 0 ? "time" : "wall" }, wallUs };
}

/** The length of bars by all rows that stand for one, whether they have a price or not. */
function spacingIn(
  asking: Asking,
  pick: (column: ArrayLike<number>) => Float64Array,
  {
    instant,
    wall,
    row,
  }: Readonly<Record<"instant" | "wall", ArrayLike<number>>> & { readonly row: number[] },
  toldUs: number | undefined,
): Spacing {
  const timeUs = pick(instant);
  return spacingOf(asking, { length: timeUs.length, timeUs, wallUs: pick(wall), row: pick(row) }, toldUs);
}

/** No bar begins after tomorrow. */
function checkBeen(asking: Asking, timeUs: Float64Array, row: Float64Array): void {
  const last = timeUs.length - 1;
  if (!(timeUs[last]! > asking.nowUs + 86_400e6)) return;
  refuseRow(asking, {
    row: row[last]!,
    column: "time",
    need: `a time that has been; got ${formatUtc(timeUs[last]!)}`,
  });
}

/** Times that all lie a millisecond or less before a whole second are those at which bars end. */
function checkBegins(asking: Asking, timeUs: Float64Array, row: Float64Array): void {
  const isEnd = (us: number): boolean => us % 1e6 === 999_000 || us % 1e6 === 999_999;
  if (asking.options.columns !== undefined || timeUs.length < 2 || !timeUs.every(isEnd)) return;
  refuseRow(asking, {
    code: "ends",
    row: row[0]!,
    column: "time",
    need: `times at which bars begin; ${formatUtc(timeUs[0]!)}, and all others, are the ends of bars`,
    hint: `If they are to stand as they are, say so: ${say(asking, "columns", "time=NAME")}, by the name of their column.`,
  });
}

function hasPrice({ values }: RawBars, k: number): boolean {
  return PRICE_ROLES.some((role) => values[role] !== undefined && !Number.isNaN(values[role][k]!));
}

/** Bars lie in the day or month that their file's name tells; long ones may begin before it. */
export function checkSpan(
  asking: Asking,
  { timeUs, row, spacing }: FileSeries,
  span: Span | undefined,
): void {
  if (span === undefined) return;
  const early = spacing.intervalUs > 86_400e6 ? spacing.intervalUs : 0;
  const k = timeUs.findIndex((us) => us < span.fromUs - early || us >= span.toUs);
  if (k < 0) return;
  refuseRow(asking, {
    row: row[k]!,
    column: "time",
    need: `a time in ${span.period}, as the file's name says; got ${formatUtc(timeUs[k]!)}`,
  });
}

function descends({ wallUs, offsetUs, row }: RawBars): boolean {
  const at = (i: number): number => wallUs[i]! - (offsetUs[i]! || 0);
  return row.length > 1 && at(0) > at(row.length - 1);
}

function ascending(instant: Float64Array): Uint32Array {
  const order = new Uint32Array(instant.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  let isSorted = true;
  let isReversed = true;
  for (let i = 1; i < instant.length; i++) {
    if (instant[i]! < instant[i - 1]!) isSorted = false;
    if (instant[i]! > instant[i - 1]!) isReversed = false;
  }
  if (isSorted) return order;
  return isReversed ? order.reverse() : order.sort((a, b) => instant[a]! - instant[b]! || a - b);
}

function withoutRepeats(
  asking: Asking,
  raw: RawBars,
  instant: Float64Array,
  order: Uint32Array,
  ordering: Ordering,
): Uint32Array {
  const { row, values } = raw;
  const columns = Object.values(values);
  const kept = new Uint32Array(order.length);
  let length = 0;
  for (let i = 0; i < order.length; i++) {
    const k = order[i]!;
    const last = length === 0 ? -1 : kept[length - 1]!;
    if (last < 0 || instant[k] !== instant[last]) {
      kept[length++] = k;
      continue;
    }
    // a row without a price says nothing against another one
    if (!raw.isWide && !(hasPrice(raw, k) && hasPrice(raw, last))) {
      if (hasPrice(raw, k)) kept[length - 1] = k;
      continue;
    }
    if (columns.some((column) => !Object.is(column[k], column[last]))) {
      const [a, b] = [Math.min(row[last]!, row[k]!), Math.max(row[last]!, row[k]!)];
      refuseRow(asking, {
        code: "two-rows",
        row: b,
        need: `one row a bar; ${asking.unit} ${a} has ${formatUtc(instant[k]!)} as well, with other values`,
        hint: "Leave one of the two out.",
      });
    }
    ordering.repeats++;
  }
  return kept.subarray(0, length);
}
