import { requireColumns, requireFields, requireSettings } from "../../core/arguments.ts";
import type { BarColumns } from "../../core/bars.ts";
import { requireBetween, requireWindow } from "../checks.ts";
import { rollingMean } from "../rolling/rolling.ts";
import { rollingRollSpread } from "./liquidity-roll.ts";
import { returns } from "./returns.ts";

export interface LiquiditySettings {
  /** Bars looked at, the current one included; 1 unless given: each bar by itself. */
  readonly window?: number;
}

export interface AmihudSettings extends LiquiditySettings {
  /** Quote currency traded that the price move is told for; a million unless given. */
  readonly perQuote?: number;
}

/** How easily a symbol trades, bar by bar. Columns as long as there are bars; causal; NaN until the window is full. */
export interface Liquidity {
  /** Sum over the window, base units. */
  readonly volume: Float64Array;
  /** Sum over the window, quote units. */
  readonly quoteVolume: Float64Array;
  readonly tradeCount: Float64Array;
  readonly takerImbalance: Float64Array;
  readonly amihud: Float64Array;
  /** Share of the price; NaN with a window below 4. */
  readonly rollSpread: Float64Array;
  readonly secondsBetweenTrades: Float64Array;
}

/** All measures of liquidity of a symbol's bars. */
export function liquidity(bars: BarColumns, settings: LiquiditySettings = {}): Liquidity {
  requireFields("liquidity", "bars", bars, ["volume", "quoteVolume", "tradeCount", "close"]);
  requireColumns("liquidity", {
    "bars.volume": bars.volume,
    "bars.quoteVolume": bars.quoteVolume,
    "bars.tradeCount": bars.tradeCount,
    "bars.close": bars.close,
  });
  const { window = 1 } = requireSettings("liquidity", settings, ["window"]);

  requireWindow("liquidity", window, 1);
  return {
    volume: sums(bars.volume, window),
    quoteVolume: sums(bars.quoteVolume, window),
    tradeCount: sums(bars.tradeCount, window),
    takerImbalance: takerImbalance(bars, { window }),
    amihud: amihud(bars, { window }),
    rollSpread:
      window < 4
        ? new Float64Array(bars.close.length).fill(Number.NaN)
        : rollingRollSpread(bars.close, { window }),
    secondsBetweenTrades: secondsBetweenTrades(bars, { window }),
  };
}

/**
 * Who pressed: (Σ bought by takers − Σ sold by takers) / Σ volume, from −1 (only sold) to 1 (only bought), over the last
 * `window` bars. NaN where nothing was traded.
 */
export function takerImbalance(
  bars: Pick<BarColumns, "volume" | "takerBuyVolume">,
  settings: LiquiditySettings = {},
): Float64Array {
  requireFields("takerImbalance", "bars", bars, ["volume", "takerBuyVolume"]);
  requireColumns("takerImbalance", {
    "bars.volume": bars.volume,
    "bars.takerBuyVolume": bars.takerBuyVolume,
  });
  const { volume, takerBuyVolume } = bars;
  const { window = 1 } = requireSettings("takerImbalance", settings, ["window"]);

  requireWindow("takerImbalance", window, 1);
  const total = sums(volume, window);
  const bought = sums(takerBuyVolume, window);
  return total.map((all, t) =>
    all > 0 ? Math.max(-1, Math.min(1, (2 * bought[t]! - all) / all)) : Number.NaN,
  );
}

/**
 * Amihud's illiquidity: the mean over the last `window` bars of |simple return| / quote volume, times `perQuote`: by what
 * share a million traded moved the price. Bars in which nothing was traded do not count; NaN where none is left.
 *
 * The first bar has no return, hence NaN while it is in view. Amihud (2002), Journal of Financial Markets 5, eq. 1.
 */
export function amihud(
  bars: Pick<BarColumns, "close" | "quoteVolume">,
  settings: AmihudSettings = {},
): Float64Array {
  requireFields("amihud", "bars", bars, ["close", "quoteVolume"]);
  requireColumns("amihud", { "bars.close": bars.close, "bars.quoteVolume": bars.quoteVolume });
  const { close, quoteVolume } = bars;
  const { window = 1, perQuote = 1e6 } = requireSettings("amihud", settings, ["perQuote", "window"]);

  requireWindow("amihud", window, 1);
  requireBetween("amihud", "perQuote", perQuote, 0, Number.POSITIVE_INFINITY);
  const moves = returns(close, { kind: "simple" });
  const ratio = moves.map((move, t) =>
    quoteVolume[t] === 0 ? 0 * move : (perQuote * Math.abs(move)) / quoteVolume[t]!,
  );
  const traded = sums(
    quoteVolume.map((value) => (value > 0 ? 1 : 0)),
    window,
  );
  return sums(ratio, window).map((sum, t) => (traded[t]! > 0.5 ? sum / Math.round(traded[t]!) : Number.NaN));
}

/** Mean time between trades over the last `window` bars: their length / their trades, in seconds. NaN without a trade. */
export function secondsBetweenTrades(
  bars: Pick<BarColumns, "startUs" | "endUs" | "tradeCount">,
  settings: LiquiditySettings = {},
): Float64Array {
  requireFields("secondsBetweenTrades", "bars", bars, ["startUs", "endUs", "tradeCount"]);
  requireColumns("secondsBetweenTrades", {
    "bars.startUs": bars.startUs,
    "bars.endUs": bars.endUs,
    "bars.tradeCount": bars.tradeCount,
  });
  const { startUs, endUs, tradeCount } = bars;
  const { window = 1 } = requireSettings("secondsBetweenTrades", settings, ["window"]);

  requireWindow("secondsBetweenTrades", window, 1);
  const lengths = sums(
    endUs.map((end, t) => (end - startUs[t]!) / 1e6),
    window,
  );
  const trades = sums(tradeCount, window);
  return lengths.map((length, t) => (trades[t]! > 0.5 ? length / trades[t]! : Number.NaN));
}

function sums(values: Float64Array, window: number): Float64Array {
  return window === 1 ? values.slice() : rollingMean(values, { window }).map((mean) => mean * window);
}
