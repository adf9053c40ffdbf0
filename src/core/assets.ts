/** The base and quote assets of a symbol, each `""` where it is not known. */
export interface Assets {
  readonly base: string;
  readonly quote: string;
}

// longest first: FDUSD before USD
const QUOTES =
  /^([A-Z0-9]{2,}?)(USDT|USDC|FDUSD|TUSD|BUSD|USD1|USDE|USD|BTC|ETH|BNB|EUR|GBP|TRY|BRL|JPY|DAI|XRP|SOL|DOGE)$/;

/** `BTCUSDT` → BTC and USDT. An exchange writes no line between the two; only well-known quote assets are recognised. */
export function assetsOf(symbol: string): Assets {
  const match = QUOTES.exec(symbol);
  return { base: match?.[1] ?? "", quote: match?.[2] ?? "" };
}

/** How symbols are called beside each other: by their base assets, where all are quoted in the same one. */
export function shortNames(symbols: Iterable<string>): (symbol: string) => string {
  const assets = [...symbols].map(assetsOf);
  const isOne = assets.every(({ base, quote }) => base !== "" && quote === assets[0]!.quote);
  return (symbol) => (isOne ? assetsOf(symbol).base : symbol);
}
