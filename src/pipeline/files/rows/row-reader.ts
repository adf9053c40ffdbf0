import { quote } from "../../../core/errors.ts";
import { formatUtc } from "../../../core/time.ts";
import { type Asking, type DayOrder, type DecimalMark, refuseRow, type Separator, say } from "../asking.ts";
import type { Layout } from "../columns/layout.ts";
import type { Role } from "../columns/roles.ts";
import type { WallTime } from "../values/calendar.ts";
import { type NumberReader, numberReader } from "../values/decimal-marks.ts";
import { isMissing } from "../values/number-text.ts";
import { type TimeReader, timeReader } from "../values/time-reader.ts";
import { UTC, type Zone, zoneOf } from "../values/zone.ts";

/** How a file writes numbers and dates, as an earlier reading has proven it. */
export interface Conventions {
  readonly decimal?: DecimalMark;
  readonly dates?: DayOrder;
}

/** Reads the cells of a file's rows by their meaning. */
export interface RowReader {
  /** Refuses a row with more or fewer cells than the first. */
  shape(cells: readonly string[], row: number): void;
  /** Empty where the file has no such column. */
  text(cells: readonly string[], role: Role): string;
  /** Refuses a row that leaves it out. */
  symbol(cells: readonly string[], row: number): string;
  time(cells: readonly string[], row: number): WallTime;
  /** NaN: none. */
  eventTime(cells: readonly string[], row: number): number;
  readonly numbers: NumberReader;
  readonly times: TimeReader;
  readonly zone: Zone;
  /** What a whole file proves; refuses one that leaves open what it must tell. */
  settle(): Conventions;
  /** Whether the rows were read by what they have proven. */
  isRight(settled: Conventions): boolean;
}

export function rowReader(
  asking: Asking,
  layout: Layout,
  separator: Separator | undefined,
  conventions: Conventions = {},
): RowReader {
  const { at, width, names } = layout;
  const zone =
    asking.options.tz === undefined
      ? UTC
      : zoneOf(asking.options.tz, asking.voice === "flags" ? "--tz" : "tz");
  const usual = layout.isOwn !== true ? undefined : separator === ";" ? "," : ".";
  const numbers = numberReader(asking, separator, conventions.decimal ?? layout.decimal, usual);
  const times = timeReader(asking, layout.time, conventions.dates);
  const twin = layout.twin && {
    at: layout.twin.at,
    name: layout.twin.column.name,
    times: timeReader(asking, layout.twin.column, conventions.dates),
  };
  const events =
    at.eventTime === undefined
      ? undefined
      : timeReader(asking, { name: names[at.eventTime]! }, conventions.dates);
  const [timeAt, clockAt, venueAt, symbolAt] = [at.time!, at.clock, at.venue, at.symbol];
  const venues = new Map<string, string>();
  const isOwn = layout.isOwn === true;
  return {
    numbers,
    times,
    zone,
    shape: (cells, row) => {
      if (cells.length === width) {
        if (venueAt === undefined) return;
        const symbol = at.symbol === undefined ? "" : cells[at.symbol]!;
        const venue = cells[venueAt]!;
        const before = venues.get(symbol);
        if (before === undefined) venues.set(symbol, venue);
        else if (before !== venue) severalVenues(asking, names[venueAt]!, before, venue, row);
        return;
      }
      const more = cells.length > width;
      refuseRow(asking, {
        code: "ragged-row",
        row,
        need: `${width} cells, as the first row has; got ${cells.length}`,
        hint: more
          ? "A number with thousands in it has to stand in quotes. Nothing was taken from this file."
          : "See whether the file is complete. Nothing was taken from it.",
      });
    },
    text: (cells, role) => {
      const index = at[role];
      return index === undefined ? "" : cells[index]!;
    },
    symbol: (cells, row) => {
      const symbol = cells[at.symbol!]!;
      // what keeps a spreadsheet from running it
      if (symbol !== "") return isOwn && GUARD.test(symbol) ? symbol.slice(1) : symbol;
      return refuseRow(asking, {
        row,
        column: names[at.symbol!]!,
        need: "a symbol in every row; got nothing",
      });
    },
    time: (cells, row) => {
      const text = clockAt === undefined ? cells[timeAt]! : `${cells[timeAt]} ${clockText(cells[clockAt]!)}`;
      const time = times.read(text, row, symbolAt === undefined ? "" : cells[symbolAt]);
      if (twin !== undefined && !isMissing(cells[twin.at]!) && !times.isProvisional)
        agree(asking, { text, time }, twin, zone, cells, row);
      return time;
    },
    eventTime: (cells, row) => {
      const text = at.eventTime === undefined ? "" : cells[at.eventTime]!;
      if (events === undefined || isMissing(text)) return Number.NaN;
      const { wallUs, offsetUs } = events.read(text, row);
      return Number.isNaN(offsetUs) ? (zone.instants(wallUs)[0] ?? wallUs) : wallUs - offsetUs;
    },
    settle: () => {
      const dates = times.settle();
      return { decimal: numbers.settle(), ...(dates !== undefined && { dates }) };
    },
    // what was read before its proof came is read once more
    isRight: (settled) => settled.decimal === numbers.mark && !numbers.isProvisional && !times.isProvisional,
  };
}

/** `930` is half past nine. */
function clockText(cell: string): string {
  return /^\d{1,3}$/.test(cell) ? cell.padStart(4, "0") : /^\d{5}$/.test(cell) ? `0${cell}` : cell;
}

const GUARD = /^'[=+\-@＝＋－＠]/;

/** What two venues traded is never one series. */
function severalVenues(asking: Asking, column: string, one: string, other: string, row: number): never {
  return refuseRow(asking, {
    code: "several-venues",
    row,
    column,
    need: `${quote(one, 40)} in every row of a symbol, as in those before; got ${quote(other, 40)}`,
    hint: "Take each venue from a file of its own.",
  });
}

interface Twin {
  readonly at: number;
  readonly name: string;
  readonly times: TimeReader;
}

const UNITS_US = [1, 1e3, 1e6];

/** What the text of a time tells at least, µs. */
function precisionOf(text: string): number {
  if (/^[\d.]+$/.test(text) || /\d:\d\d:\d/.test(text)) return 1;
  return /\d:\d\d/.test(text) ? 60e6 : 3_600e6;
}

/** Two columns that tell the time tell the same one, to what the coarser of them says. */
function agree(
  asking: Asking,
  { text, time }: { readonly text: string; readonly time: WallTime },
  twin: Twin,
  zone: Zone,
  cells: readonly string[],
  row: number,
): void {
  const other = twin.times.read(cells[twin.at]!, row);
  const [a, b] = [utc(time, zone), utc(other, zone)];
  const said = cells[twin.at]!;
  const coarse = UNITS_US.findLast((unit) => a % unit === 0 || b % unit === 0)!;
  const unit = twin.times.isDates ? 86_400e6 : Math.max(coarse, precisionOf(said), precisionOf(text));
  if (Math.floor(a / unit) === Math.floor(b / unit)) return;
  refuseRow(asking, {
    code: "two-times",
    row,
    need: `one time a row; ${quote(text, 40)} is ${formatUtc(a)}, and ${twin.name} has ${quote(cells[twin.at], 40)}, which is another`,
    hint: `Say which counts: ${say(asking, "columns", `time=${twin.name}`)}, or the other one.`,
  });
}

function utc({ wallUs, offsetUs }: WallTime, zone: Zone): number {
  return Number.isNaN(offsetUs) ? (zone.instants(wallUs)[0] ?? wallUs) : wallUs - offsetUs;
}
