import { parseDuration } from "../../core/time.ts";

/** What one of Binance's markets is called on its public site: pairs against money, and contracts in either unit. */
export type BinanceKind = "trades" | "aggTrades" | "klines";

/** What the name of one of Binance's public files says: `BTCUSDT-trades-2024-08-08.zip`. */
export interface BinanceName {
  readonly symbol: string;
  readonly kind: BinanceKind;
  /** Of klines; undefined: months. */
  readonly intervalUs?: number;
  /** The day or month it covers. */
  readonly period: string;
  readonly fromUs: number;
  /** Not included. */
  readonly toUs: number;
}

const NAME =
  /^([\p{Lu}\p{Lo}\p{N}_]{2,40})-(trades|aggTrades|\d+(?:s|m|h|d|w|mo))-(\d{4})-(\d\d)(?:-(\d\d))?\.(?:zip|csv|csv\.gz)$/u;

/** Reads the name of a file, without its folder; undefined: not one of Binance's. */
export function binanceName(file: string): BinanceName | undefined {
  const match = NAME.exec(file.normalize("NFC"));
  if (match === null) return undefined;
  const [, symbol, what, year, month, day] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string?,
  ];
  const fromMs = Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1));
  const toMs = day === undefined ? Date.UTC(Number(year), Number(month), 1) : fromMs + 86_400_000;
  const period = new Date(fromMs).toISOString().slice(0, day === undefined ? 7 : 10);
  if (period !== [year, month, day].filter((part) => part !== undefined).join("-")) return undefined;
  const span = { symbol, period, fromUs: fromMs * 1000, toUs: toMs * 1000 };
  if (what === "trades" || what === "aggTrades") return { ...span, kind: what };
  if (what.endsWith("mo")) return { ...span, kind: "klines" };
  const length = what.endsWith("w") ? `${7 * Number.parseInt(what, 10)}d` : what;
  return { ...span, kind: "klines", intervalUs: parseDuration(length) };
}
