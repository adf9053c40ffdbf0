/**
 * How sums over trades are taken, by the builder and by Polars alike, so that they depend neither on the order of the
 * trades nor on where a stream was cut. Price and quantity are taken as whole numbers of 1e-8; a quantity is cut into two
 * limbs of 26 bits, a product price × quantity into three. Sums of limbs are exact for 134 million trades and a quote
 * volume of 4e15 in a bar; the result is rounded only when they are put together.
 *
 * So a volume is the sum of the decimals to the last digit where each is below 22 million, and likewise a quote volume
 * where price and quantity are, or one trade is worth less than 30 million; above, each trade is off by at most 2⁻⁵²
 * of itself.
 */
export const LIMB: number = 2 ** 26;

/** The limbs of a sum of quantities → base units. */
export function volumeOf(high: number, low: number): number {
  return (high * LIMB + low) / 1e8;
}

/** The limbs of a sum of products → quote units. */
export function quoteVolumeOf(high: number, middle: number, low: number): number {
  return (high * (LIMB * LIMB) + (middle * LIMB + low)) / 1e16;
}
