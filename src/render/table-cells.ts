import { formatUtc } from "../core/time.ts";

export type CellKind = "number" | "integer" | "time" | "text" | "boolean";

/** What `table.ts` and `csv.ts` need to know of a column. */
export interface CellColumn {
  readonly name: string;
  readonly values: ArrayLike<unknown>;
  readonly kind?: CellKind;
  readonly digits?: number;
  readonly floor?: number;
  readonly grouped?: boolean;
  readonly isMoney?: boolean;
}

export interface CellTexts {
  readonly texts: readonly string[];
  /** Why the r-th cell shown holds no value; undefined where it holds one. */
  readonly title: (r: number) => string | undefined;
}

/** The kind that was asked for, or that of the first value which is there. */
export function columnKind(column: CellColumn, length: number): CellKind {
  if (column.kind !== undefined) return column.kind;
  for (let i = 0; i < length; i++) {
    const value = column.values[i];
    if (value === null || value === undefined) continue;
    if (typeof value === "number") return "number";
    if (typeof value === "bigint") return "integer";
    if (typeof value === "boolean") return "boolean";
    return value instanceof Date ? "time" : "text";
  }
  return "text";
}

/** The cells of one column as people read them, in the rows asked for. */
export function columnTexts(column: CellColumn, kind: CellKind, rows: readonly number[]): CellTexts {
  const values = rows.map((row) => column.values[row]);
  const title = (r: number): string | undefined => {
    const value = values[r];
    if (value === null || value === undefined) return "no value";
    return Number.isNaN(value) ? "not defined" : undefined;
  };
  const texts = values.map(cellFormat(column, kind, values));
  return { texts: texts.map((text, r) => gap(values[r]) ?? text), title };
}

function gap(value: unknown): string | undefined {
  if (value === null || value === undefined) return "";
  return Number.isNaN(value) ? "–" : undefined;
}

function cellFormat(column: CellColumn, kind: CellKind, values: readonly unknown[]): (v: unknown) => string {
  if (kind === "time") {
    const decimals = values.reduce<number>((most, value) => Math.max(most, decimalsOf(timeText(value))), 0);
    return (value) => padDecimals(timeText(value), decimals);
  }
  const grouped = isGrouped(column, values) ? groupThousands : (text: string) => text;
  if (kind === "number") {
    const digits = column.digits ?? neededDecimals(values);
    const { floor = 0, isMoney = false } = column;
    return (value) => {
      if (typeof value !== "number") return plainValue(value);
      return value >= 0 && value < floor
        ? `< ${floor}`
        : grouped(numberText(isMoney && Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value, digits));
    };
  }
  if (kind === "integer") return (value) => grouped(plainValue(value));
  if (kind === "boolean") {
    return (value) => (typeof value === "number" ? String(value !== 0) : plainValue(value));
  }
  return plainValue;
}

/** Any value as text: strings as they are, objects as JSON, never `[object Object]`. */
export function plainValue(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Date) return timeText(value);
  if (typeof value === "object" && value !== null) {
    return JSON.stringify(value, (_, v) => (typeof v === "bigint" ? String(v) : v)) ?? "";
  }
  return String(value);
}

/** Microseconds (number or bigint) or a `Date` → ISO 8601, UTC; what is no time stays as it is. */
export function timeText(value: unknown): string {
  const us =
    value instanceof Date ? value.getTime() * 1000 : typeof value === "bigint" ? Number(value) : value;
  if (typeof us !== "number") return plainValue(value);
  // the years 0 to 9999, whose ISO text has four digits
  return us >= -62_167_219_200_000_000 && us < 253_402_300_800_000_000 ? formatUtc(us) : String(us);
}

function decimalsOf(iso: string): number {
  const dot = iso.indexOf(".");
  return dot < 0 || !iso.endsWith("Z") ? 0 : iso.length - 2 - dot;
}

function padDecimals(iso: string, decimals: number): string {
  const have = decimalsOf(iso);
  if (have >= decimals || !/^\d{4}-.*Z$/.test(iso)) return iso;
  return `${iso.slice(0, -1)}${have === 0 ? "." : ""}${"0".repeat(decimals - have)}Z`;
}

/** Names of what is counted by nobody: `id`, `trade_id`, `firstId`; not `bid`. */
const identity = /(?:^|[_ ])[iI][dD]s?$|[a-z]Ids?$/;

function isGrouped({ name, grouped }: CellColumn, values: readonly unknown[]): boolean {
  if (grouped !== undefined) return grouped;
  if (identity.test(name)) return false;
  return values.some(
    (value) => (typeof value === "number" || typeof value === "bigint") && abs(value) >= 10_000,
  );
}

function abs(value: number | bigint): number {
  return Math.abs(Number(value));
}

/** `-12345.678` → `-12,345.678`; what is no plain number stays. */
function groupThousands(text: string): string {
  const [, sign, whole, rest] = /^([-−]?)(\d+)(\.\d+)?$/.exec(text) ?? [];
  if (whole === undefined) return text;
  return `${sign}${whole.replace(/\B(?=(?:\d{3})+$)/g, ",")}${rest ?? ""}`;
}

function numberText(value: number, digits: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "–";
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 0.5 * 10 ** -digits)) return String(Number(value.toPrecision(6)));
  return value.toFixed(digits);
}

/** The decimals that show the values exactly where ten significant digits do, else six significant ones of the largest. */
function neededDecimals(values: readonly unknown[]): number {
  const numbers = values.filter((value): value is number => Number.isFinite(value));
  const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0 || largest >= 1e15) return 0;
  const decimals = (significant: number): number =>
    Math.min(12, Math.max(0, significant - 1 - Math.floor(Math.log10(largest))));
  const most = decimals(10);
  let needed = 0;
  for (const value of numbers) {
    const text = value.toFixed(most);
    if (Math.abs(Number(text) - value) > 1e-12 * largest) return decimals(6);
    const dot = text.indexOf(".");
    if (dot >= 0) needed = Math.max(needed, text.replace(/0+$/, "").length - dot - 1);
  }
  return needed;
}
