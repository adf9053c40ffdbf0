/** How numbers are written everywhere: formats of d3, and the same for texts. One minus sign, thousands apart, no plus. */
export const FORMATS = {
  /** Of log prices, in basis points. */
  spread: ",.1f",
  zScore: ".2f",
  correlation: ".2f",
  volume: ",.4~f",
} as const;

/** Of a market whose prices have so many decimals. */
export function priceFormat(decimals: number): string {
  return `,.${decimals}f`;
}

/** With so many decimals; – where there is no number. */
export function decimalText(value: number | undefined, decimals: number): string {
  if (value === undefined || Number.isNaN(value)) return "–";
  return value
    .toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
    .replace("-", "−")
    .replace(/^−(0(\.0+)?)$/, "$1");
}

/** The least number of decimals, from 2 to 8, that shows all of these prices exactly. */
export function decimalsOf(prices: Iterable<number>): number {
  let most = 2;
  for (const price of prices)
    while (most < 8 && Number(price.toFixed(most)) !== price && !Number.isNaN(price)) most++;
  return most;
}

/** A number of a row as text, as an expression of Vega. */
export function numberExpression(field: string, format: string): string {
  return `replace(format(datum.${field}, '${format}'), '-', '−')`;
}
