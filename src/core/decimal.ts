/** Decimals are kept as integers scaled by 1e8 with the number of decimals written, so that the text comes back exactly. */
export const DECIMAL_PLACES = 8;

const INT64_MAX = 9223372036854775807n;
const POWERS = [1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 10, 1] as const;

/**
 * Decimal text → integer × 1e8. Undefined for what is not plain decimal text as exchanges write it: no sign, exponent,
 * blank or superfluous leading zero, a digit before the point, 1 to 8 after it, at most int64.
 */
export function parseE8(text: string): bigint | undefined {
  const length = text.length;
  if (length === 0 || length > 20) return undefined;
  let value = 0;
  let digits = 0;
  let point = -1;
  for (let i = 0; i < length; i++) {
    const c = text.charCodeAt(i) - 48;
    if (c >= 0 && c <= 9) {
      value = value * 10 + c;
      digits++;
    } else if (c === -2 && point < 0 && i > 0) point = i;
    else return undefined;
  }
  const decimals = point < 0 ? 0 : length - point - 1;
  if ((point >= 0 && decimals === 0) || decimals > DECIMAL_PLACES) return undefined;
  if (text.charCodeAt(0) === 48 && length > 1 && point !== 1) return undefined;
  // up to 15 digits every step above was exact, and so is the product below 2^53
  const scaled = value * POWERS[decimals]!;
  if (digits <= 15 && scaled <= Number.MAX_SAFE_INTEGER) return BigInt(scaled);
  const exact = BigInt(text.replace(".", "")) * BigInt(POWERS[decimals]!);
  return exact <= INT64_MAX ? exact : undefined;
}

/** How many decimals a text that `parseE8` takes was written with. */
export function decimalsOf(text: string): number {
  const point = text.indexOf(".");
  return point < 0 ? 0 : text.length - point - 1;
}

/** The inverse of `parseE8`: 6183763000000n with 8 decimals → `"61837.63000000"`. */
export function e8ToText(e8: bigint, decimals: number): string {
  const digits = e8.toString().padStart(DECIMAL_PLACES + 1, "0");
  const whole = digits.slice(0, -DECIMAL_PLACES);
  return decimals === 0 ? whole : `${whole}.${digits.slice(-DECIMAL_PLACES).slice(0, decimals)}`;
}
