/**
 * How sums over trades are taken, by the builder and by Polars alike, so that they depend neither on the order of the
 * trades nor on where a stream was cut. Price and quantity are taken as whole numbers of 1e-8, each in two parts: a
 * multiple of 2²⁶ and a rest below 2²⁵; their product in three: multiples of 2⁵², of 2²⁶, and a rest. Sums of such parts
 * are exact for 134 million trades and a quote volume of 4e15 in a bar; only their total is rounded, once.
 *
 * That holds where price and quantity are below 22 million together (`PLAIN`); what is above is rare, and comes apart
 * as the decimal it was written as.
 *
 * `(x + ROUND) − ROUND` rounds x to a multiple, as at such a size doubles are that far apart.
 */
export const ROUND_1: number = 1.5 * 2 ** 52;
/** To a multiple of 2²⁶. */
export const ROUND_26: number = 1.5 * 2 ** 78;
/** To a multiple of 2⁵². */
export const ROUND_52: number = 1.5 * 2 ** 104;

/** Price + quantity, in 1e-8, below which both and their product come apart without a rounding. */
export const PLAIN: number = 2 ** 51;

/** The parts of one quantity and of its product with a price. */
export interface Parts {
  readonly q1: number;
  readonly q0: number;
  readonly z2: number;
  readonly z1: number;
  readonly z0: number;
}

/** Parts of the volume, taker-buy volume and quote volume of several trades. */
export interface PartSums {
  readonly v1: number;
  readonly v0: number;
  readonly b1: number;
  readonly b0: number;
  readonly z2: number;
  readonly z1: number;
  readonly z0: number;
}

/** The sums of rows `from` to `to` (not included), all of them plain: without a branch, which would cost as much as the sums. */
export function sumsOfPlain(
  price: Float64Array,
  qty: Float64Array,
  isBuyerMaker: Uint8Array,
  from: number,
  to: number,
): PartSums {
  let [v1, v0, b1, b0, z2, z1, z0] = [0, 0, 0, 0, 0, 0, 0];
  for (let i = from; i < to; i++) {
    const p = price[i]! * 1e8;
    const q = qty[i]! * 1e8;
    const p1 = p + ROUND_26 - ROUND_26;
    const p0 = p - p1 + ROUND_1 - ROUND_1;
    const q1 = q + ROUND_26 - ROUND_26;
    const q0 = q - q1 + ROUND_1 - ROUND_1;
    const isBuy = 1 - isBuyerMaker[i]!;
    v1 += q1;
    v0 += q0;
    b1 += isBuy * q1;
    b0 += isBuy * q0;
    const lows = p0 * q0;
    const fromLows = lows + ROUND_26 - ROUND_26;
    const cross = p1 * q0 + p0 * q1 + fromLows;
    const fromCross = cross + ROUND_52 - ROUND_52;
    z0 += lows - fromLows;
    z1 += cross - fromCross;
    z2 += p1 * q1 + fromCross;
  }
  return { v1, v0, b1, b0, z2, z1, z0 };
}

/** Whether all rows `from` to `to` (not included) are of trades, and plain. */
export function arePlain(price: Float64Array, qty: Float64Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const p = price[i]! * 1e8;
    const q = qty[i]! * 1e8;
    if (!(p > 0.5 && q > 0.5 && p + q < PLAIN)) return false;
  }
  return true;
}

/** What is not plain, taken apart as the decimals that were written. */
export function partsOf(price: number, qty: number): Parts {
  const q = e8Of(qty);
  const product = e8Of(price) * q;
  const [q0, z0, z01] = [BigInt.asIntN(26, q), BigInt.asIntN(26, product), BigInt.asIntN(52, product)];
  return {
    q1: Number(q - q0),
    q0: Number(q0),
    z2: Number(product - z01),
    z1: Number(z01 - z0),
    z0: Number(z0),
  };
}

/** The shortest decimal that is this double, in whole 1e-8. */
function e8Of(value: number): bigint {
  const scaled = value * 1e8;
  if (scaled < PLAIN) return BigInt(scaled + ROUND_1 - ROUND_1);
  const [digits = "", exponent] = value.toExponential().split("e");
  const places = Number(exponent) + 8 - Math.max(0, digits.length - 2);
  const whole = BigInt(digits.replace(".", ""));
  return places >= 0 ? whole * 10n ** BigInt(places) : BigInt(scaled);
}

/** The parts of a sum of quantities → base units, rounded once. */
export function volumeOf(high: number, low: number): number {
  const sum = high + low;
  return sum <= Number.MAX_SAFE_INTEGER ? sum / 1e8 : quotient(high, low, 0, 1e8);
}

/** The parts of a sum of products → quote units, rounded once. */
export function quoteVolumeOf(high: number, middle: number, low: number): number {
  return quotient(high, middle, low, 1e16);
}

/** Far above any market; the steps below could overflow. */
const MOST = 2 ** 900;
/** Veltkamp's constant: halves of a double with 26 bits each. */
const SPLIT = 2 ** 27 + 1;
/** More than what the steps below can be off by, of the correction. */
const SLACK = 2 ** -40;

/** (a + b + c) / by, correctly rounded; a, b and c are whole numbers with |c| ≤ |b| ≤ |a|, or 0 before others. */
function quotient(a: number, b: number, c: number, by: number): number {
  // sum and rest of b + c, and of a + that: nothing is lost
  const bc = b + c;
  const virtual = bc - b;
  const restOfBc = b - (bc - virtual) + (c - virtual);
  const sum = a + bc;
  const other = sum - a;
  const rest = a - (sum - other) + (bc - other) + restOfBc;
  const near = sum / by;
  if (!(near < MOST)) return near;
  // sum − near · by without a rounding
  const product = near * by;
  const [nearHigh, byHigh] = [SPLIT * near - (SPLIT * near - near), SPLIT * by - (SPLIT * by - by)];
  const [nearLow, byLow] = [near - nearHigh, by - byHigh];
  const lost = nearHigh * byHigh - product + nearHigh * byLow + nearLow * byHigh + nearLow * byLow;
  const correction = (sum - product - lost + rest) / by;
  const low = near + correction * (1 - SLACK);
  return low === near + correction * (1 + SLACK) ? low : exactQuotient(a, b, c, by);
}

/** Where the rest is as near as nothing to half of a double's last digit: by way of the decimal text. */
function exactQuotient(a: number, b: number, c: number, by: number): number {
  return Number(`${BigInt(a) + BigInt(b) + BigInt(c)}e-${Math.log10(by)}`);
}
