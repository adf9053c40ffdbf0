/** A column as it came: Int64 exactly, text and arrays as lists. */
export type Column = Float64Array | BigInt64Array | BigUint64Array | Uint8Array | string[] | unknown[][];

export interface Table {
  readonly rows: number;
  readonly columns: Readonly<Record<string, Column>>;
}

/** What a body holds is not what the format says: it was cut, or something else came. */
export class NotNative extends Error {}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

/** A body of blocks in ClickHouse's Native format, one after the other, as whole columns. */
export function decodeBlocks(body: Uint8Array): Table {
  // a Buffer's own `slice` makes no copy
  const bytes = new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  const cursor = { bytes, at: 0 };
  const parts = new Map<string, Column[]>();
  let rows = 0;
  while (cursor.at < bytes.length) {
    const width = readVarint(cursor);
    const length = readVarint(cursor);
    for (let c = 0; c < width; c++) {
      const name = readText(cursor);
      const type = readText(cursor);
      if (!parts.has(name)) parts.set(name, []);
      // a block without rows has no content
      parts.get(name)!.push(readColumn(cursor, type, length));
    }
    rows += length;
  }
  const columns = Object.fromEntries([...parts].map(([name, all]) => [name, joined(all)]));
  return { rows, columns };
}

const FIXED = {
  Float64: Float64Array,
  Int64: BigInt64Array,
  UInt64: BigUint64Array,
  UInt8: Uint8Array,
} as const;

function readColumn(cursor: Cursor, type: string, rows: number): Column {
  if (type in FIXED) return readFixed(cursor, type as keyof typeof FIXED, rows);
  if (type === "String") return Array.from({ length: rows }, () => readText(cursor));
  const inner = /^Array\((.+)\)$/.exec(type)?.[1];
  if (inner === undefined) throw new NotNative(`a column of type ${type.slice(0, 60)}`);
  const ends = Array.from(readFixed(cursor, "UInt64", rows) as BigUint64Array, Number);
  const all = readColumn(cursor, inner, ends.at(-1) ?? 0);
  return ends.map((end, i) => Array.from(all.slice(ends[i - 1] ?? 0, end) as ArrayLike<unknown>));
}

function readFixed(cursor: Cursor, type: keyof typeof FIXED, rows: number): Column {
  const Values = FIXED[type];
  const from = take(cursor, rows * Values.BYTES_PER_ELEMENT);
  // a copy lies where such numbers have to lie
  return new Values(cursor.bytes.slice(from, cursor.at).buffer);
}

function joined(parts: readonly Column[]): Column {
  const filled = parts.filter((part) => part.length > 0);
  if (filled.length === 0) return parts[0]!;
  if (filled.length === 1) return filled[0]!;
  if (Array.isArray(filled[0])) return (filled as unknown[][]).flat() as Column;
  const length = filled.reduce((sum, part) => sum + part.length, 0);
  const Values = filled[0]!.constructor as Float64ArrayConstructor;
  const whole = new Values(length);
  let at = 0;
  for (const part of filled) {
    whole.set(part as Float64Array, at);
    at += part.length;
  }
  return whole;
}

/** Where the next so many bytes begin. */
function take(cursor: Cursor, bytes: number): number {
  const from = cursor.at;
  cursor.at += bytes;
  if (cursor.at > cursor.bytes.length) throw new NotNative("the answer is cut short");
  return from;
}

function readVarint(cursor: Cursor): number {
  let value = 0;
  for (let unit = 1; ; unit *= 128) {
    const byte = cursor.bytes[take(cursor, 1)]!;
    value += (byte & 127) * unit;
    if (byte < 128) return value;
    if (unit > 2 ** 45) throw new NotNative("a length beyond all bounds");
  }
}

const decoder = new TextDecoder();

function readText(cursor: Cursor): string {
  const length = readVarint(cursor);
  const from = take(cursor, length);
  return decoder.decode(cursor.bytes.subarray(from, cursor.at));
}
