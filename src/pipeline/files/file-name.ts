import { parseDuration } from "../../core/time.ts";

/** A length of time as file names write it: `1h`, `5m`, `1w`; undefined: none, or months. */
export function intervalIn(text: string): number | undefined {
  const match = /^(\d{1,4})(s|m|h|d|w|min|hour|day)$/i.exec(text);
  if (match === null || Number(match[1]) === 0) return undefined;
  const unit = match[2]!.toLowerCase();
  if (unit === "w") return parseDuration(`${7 * Number(match[1])}d`);
  return parseDuration(`${Number(match[1])}${unit === "min" ? "m" : unit.charAt(0)}`);
}

/** What any file's name may tell of bars: their market, and their length. */
export interface NameHints {
  readonly symbol?: string;
  readonly intervalUs?: number;
  /** Kraken's files have no header: `XBTUSD.csv` holds trades, `XBTUSD_60.csv` bars of so many minutes. */
  readonly kraken?: "trades" | "bars";
}

/** `BTCUSDT-1h.csv`, `BTC_USDT-5m.feather`, `XBTUSD_60.csv`, `EURUSD_M15.csv`, `aapl.us.txt`. */
export function nameHints(file: string): NameHints {
  const stem = file.replace(/(\.(csv|txt|tsv|json|jsonl|ndjson|parquet|feather|arrow|zip|gz))+$/i, "");
  const kraken = /kraken/i.test(stem)
    ? /ohlc/i.test(stem)
      ? ("bars" as const)
      : ("trades" as const)
    : undefined;
  const minutes = /^([A-Z0-9.]{5,12})_(1|5|15|30|60|240|720|1440)$/.exec(stem);
  if (minutes) return { symbol: minutes[1]!, intervalUs: Number(minutes[2]) * 60e6, kraken: "bars" };
  const meta = /^([A-Za-z.#]{3,12})[_-]?(M1|M5|M15|M30|H1|H4|D1)(?:[_-].*)?$/.exec(stem);
  if (meta) {
    const unit = meta[2]!;
    const size = unit.startsWith("M") ? 60e6 : unit.startsWith("H") ? 3600e6 : 86_400e6;
    return { symbol: meta[1]!, intervalUs: size * Number(unit.slice(1)) };
  }
  const bars =
    /^([A-Za-z0-9.]{2,16}(?:[-_/][A-Za-z0-9]{2,6})?)[-_ ](1s|[135]m|15m|30m|[12468]h|12h|[13]d|1w|\d+min)(?:[-_ .].*)?$/.exec(
      stem,
    );
  return {
    ...(bars && { symbol: bars[1]!, intervalUs: intervalIn(bars[2]!)! }),
    ...(!bars && /^[A-Z0-9]{5,20}$/.test(stem) && { symbol: stem }),
    ...(kraken && { kraken }),
  };
}

/** Whether a name is that of a file of rows, and not of a database of this product. */
export function isTableFile(path: string): boolean {
  return /\.(csv|tsv|txt|json|jsonl|ndjson|parquet|feather|arrow|zip)(\.(gz|zst|zstd))?$/i.test(path);
}
