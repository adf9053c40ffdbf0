import { DECIMAL_PLACES, parseE8 } from "../../../core/decimal.ts";

/** A price or a quantity as the store keeps it: × 1e8, and how many decimals were written, eight at the most. */
export interface Scaled {
  /** Exact below 2^53; NaN: `wide` has it. */
  readonly value: number;
  readonly wide: bigint;
  readonly decimals: number;
}

const POWERS = [1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 10, 1] as const;
const scratch = { value: 0, wide: 0n, decimals: 0 };

/**
 * Plain decimal text × 1e8, exactly; zeros beyond eight decimals say nothing. Undefined where more than eight decimals
 * count, or where the value is beyond 64 bits. The result is overwritten by the next call.
 */
export function scaled(plain: string): Scaled | undefined {
  const point = plain.indexOf(".");
  let decimals = point < 0 ? 0 : plain.length - point - 1;
  let text = plain;
  if (decimals > DECIMAL_PLACES) {
    text = plain.replace(/0+$/, "");
    decimals = text.length - point - 1;
    if (decimals > DECIMAL_PLACES) return undefined;
    decimals = DECIMAL_PLACES;
    text = plain.slice(0, point + 1 + DECIMAL_PLACES);
  }
  scratch.decimals = decimals;
  if (text.length <= 16) {
    const digits =
      point < 0
        ? Number(text)
        : Number(text.slice(0, point)) * 10 ** decimals + Number(text.slice(point + 1));
    const value = digits * POWERS[decimals]!;
    if (value <= Number.MAX_SAFE_INTEGER) {
      scratch.value = value;
      return scratch;
    }
  }
  const wide = parseE8(text);
  if (wide === undefined) return undefined;
  scratch.value = Number.NaN;
  scratch.wide = wide;
  return scratch;
}

/** Columns of 64-bit integers, written without a big integer for each value that a double holds. */
export interface WideColumn {
  set(i: number, value: Scaled): void;
}

export function wideColumn(column: BigInt64Array): WideColumn {
  const words = new Uint32Array(column.buffer, column.byteOffset, column.length * 2);
  return {
    set: (i, { value, wide }) => {
      if (Number.isNaN(value)) {
        column[i] = wide;
        return;
      }
      // little-endian, as every machine that runs this is
      words[2 * i] = value >>> 0;
      words[2 * i + 1] = value / 0x1_0000_0000;
    },
  };
}
