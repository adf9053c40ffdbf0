/** A column of a block that is sent. Whole numbers of Float64 columns go as Int64. */
export type SentColumn =
  | { readonly name: string; readonly type: "Int64"; readonly values: Float64Array | BigInt64Array }
  | { readonly name: string; readonly type: "Float64"; readonly values: Float64Array }
  | { readonly name: string; readonly type: "UInt8"; readonly values: Uint8Array }
  /** One text stands for all rows. */
  | { readonly name: string; readonly type: "String"; readonly values: readonly string[] | string }
  | { readonly name: string; readonly type: "Array(Int64)"; readonly values: readonly (readonly number[])[] }
  | {
      readonly name: string;
      readonly type: "Array(String)";
      readonly values: readonly (readonly string[])[];
    };

/** One block of ClickHouse's Native format: so many rows, column by column, little-endian. */
export function encodeBlock(rows: number, columns: readonly SentColumn[]): Buffer {
  const parts: Uint8Array[] = [varint(columns.length), varint(rows)];
  for (const column of columns) parts.push(text(column.name), text(column.type), ...content(column, rows));
  return Buffer.concat(parts);
}

function content(column: SentColumn, rows: number): Uint8Array[] {
  switch (column.type) {
    case "Int64":
      return [int64Bytes(column.values)];
    case "Float64":
    case "UInt8":
      return [new Uint8Array(column.values.buffer, column.values.byteOffset, column.values.byteLength)];
    case "String": {
      const { values } = column;
      if (typeof values !== "string") return values.map(text);
      const one = text(values);
      return [Buffer.alloc(one.length * rows, one)];
    }
    case "Array(Int64)":
      return [ends(column.values), int64Bytes(Float64Array.from(column.values.flat()))];
    case "Array(String)":
      return [ends(column.values), ...column.values.flat().map(text)];
  }
}

/** Where each row's part of an array column ends. */
function ends(values: readonly (readonly unknown[])[]): Uint8Array {
  let end = 0;
  return int64Bytes(Float64Array.from(values, (one) => (end += one.length)));
}

const HALF = 2 ** 32;

/** Whole numbers as 64 bits each, two's complement, the low half first. */
export function int64Bytes(values: Float64Array | BigInt64Array): Uint8Array {
  if (values instanceof BigInt64Array)
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const halves = new Uint32Array(2 * values.length);
  for (let i = 0, at = 0; i < values.length; i++) {
    const value = values[i]!;
    const high = Math.floor(value / HALF);
    halves[at++] = value - high * HALF;
    halves[at++] = high;
  }
  return new Uint8Array(halves.buffer);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Uint8Array.from([...bytes, left]);
    bytes.push((left % 128) + 128);
  }
}

function text(value: string): Uint8Array {
  const bytes = Buffer.from(value, "utf8");
  return Buffer.concat([varint(bytes.length), bytes]);
}
