/**
 * How sums over trades are taken, by the builder and by Polars alike, so that they depend neither on the order of the
 * trades nor on where a stream was cut. Price and quantity are taken as whole numbers of 1e-8, each in two parts: a
 * multiple of 2²⁶ and a rest below 2²⁵; their product in three: multiples of 2⁵², of 2²⁶, and a rest. Sums of such parts
 * are exact for 134 million trades and a quote volume of 4e15 in a bar; only their total is rounded.
 *
 * So a volume is the sum of the decimals to the last digit where each is below 22 million, and likewise a quote volume
 * where price and quantity are, or one trade is worth less than 30 million; above, each trade is off by at most 2⁻⁵¹
 * of itself.
 *
 * `(x + ROUND) − ROUND` rounds x to a multiple, as at such a size doubles are that far apart.
 */
export const ROUND_1: number = 1.5 * 2 ** 52;
/** To a multiple of 2²⁶. */
export const ROUND_26: number = 1.5 * 2 ** 78;
/** To a multiple of 2⁵². */
export const ROUND_52: number = 1.5 * 2 ** 104;

/** The parts of a sum of quantities → base units. */
export function volumeOf(high: number, low: number): number {
  return (high + low) / 1e8;
}

/** The parts of a sum of products → quote units. */
export function quoteVolumeOf(high: number, middle: number, low: number): number {
  return (high + (middle + low)) / 1e16;
}
