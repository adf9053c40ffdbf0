import { requireFields, requireSettings } from "../../core/arguments.ts";
import { requireFinite, requireOneOf, requireSameLength } from "../checks.ts";
import { centre, dot } from "../mean.ts";
import { completeRows } from "../regression/complete-rows.ts";
import { countInversions, tieSizes } from "../regression/inversions.ts";

/** `"pearson"` of the values, `"spearman"` of their ranks, `"kendall"` τ-b of the order of pairs. */
export type CorrelationMethod = "pearson" | "spearman" | "kendall";

export interface CorrelationSettings {
  /** `"pearson"` unless given. */
  readonly method?: CorrelationMethod;
}

export interface CorrelationMatrix {
  readonly method: CorrelationMethod;
  readonly names: readonly string[];
  /** Row i, column j at `values[i][j]`: symmetric, 1 on the diagonal, NaN where a series does not vary. */
  readonly values: readonly Float64Array[];
  /** The rows that each entry rests on: those in which neither of its two series is missing. */
  readonly nobs: readonly Int32Array[];
}

/**
 * Correlations of every pair of series, of the whole window. Each entry uses all rows in which its two series are
 * there. Of levels or of returns, as passed: levels that trend correlate whatever their returns do.
 * Checked against scipy (1e-12). Kendall's is O(n log n).
 */
export function correlationMatrix(
  series: Readonly<Record<string, Float64Array>>,
  settings: CorrelationSettings = {},
): CorrelationMatrix {
  const where = "correlationMatrix";
  requireFields(where, "series", series, []);
  requireSettings(where, settings, ["method"]);

  const { method = "pearson" } = settings;
  requireOneOf(where, "method", method, Object.keys(METHODS));
  const names = Object.keys(series);
  requireSameLength(where, Object.fromEntries(names.map((name) => [name, series[name]!.length])));
  for (const name of names) requireFinite(where, name, series[name]!);
  const { prepare, between } = METHODS[method];
  // what a series is by itself is made once for all of its pairs; of one in which something is missing, for each pair
  const whole = names.map((name) => {
    const rows = completeRows([series[name]!]);
    return rows.missing === 0 ? prepare(rows.columns[0]!) : undefined;
  });
  const values = names.map(() => new Float64Array(names.length));
  const nobs = names.map(() => new Int32Array(names.length));
  for (let i = 0; i < names.length; i++) {
    for (let j = 0; j <= i; j++) {
      let [a, b] = [whole[i], whole[j]];
      if (a === undefined || b === undefined)
        [a, b] = completeRows([series[names[i]!]!, series[names[j]!]!]).columns.map(prepare) as [Side, Side];
      const count = a.values.length;
      const r = count < 2 ? Number.NaN : between(a, b);
      values[i]![j] = values[j]![i] = i === j && !Number.isNaN(r) ? 1 : r;
      nobs[i]![j] = nobs[j]![i] = count;
    }
  }
  return { method, names, values, nobs };
}

/** One series of a pair, in the form that its method needs. */
interface Side {
  readonly values: Float64Array;
  /** The root of the sum of their squares; of Kendall's none. */
  readonly scale: number;
}

interface Method {
  readonly prepare: (values: Float64Array) => Side;
  readonly between: (a: Side, b: Side) => number;
}

const METHODS: Readonly<Record<CorrelationMethod, Method>> = {
  pearson: { prepare: centred, between: cosine },
  spearman: { prepare: (values) => centred(ranks(values)), between: cosine },
  kendall: {
    prepare: (values) => ({ values, scale: Number.NaN }),
    between: (a, b) => kendall(a.values, b.values),
  },
};

function centred(values: Float64Array): Side {
  const { values: about } = centre(values);
  return { values: about, scale: Math.sqrt(dot(about, about)) };
}

function cosine(a: Side, b: Side): number {
  const scale = a.scale * b.scale;
  return scale > 0 ? Math.max(-1, Math.min(1, dot(a.values, b.values) / scale)) : Number.NaN;
}

/** Ranks from 1; equal values share the mean of theirs. */
export function ranks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((i, j) => values[i]! - values[j]!);
  const out = new Float64Array(values.length);
  for (let i = 0; i < order.length; ) {
    let j = i + 1;
    while (j < order.length && values[order[j]!] === values[order[i]!]) j++;
    for (let k = i; k < j; k++) out[order[k]!] = (i + j + 1) / 2;
    i = j;
  }
  return out;
}

/** τ-b by Knight's method: order by x, count the swaps that order y. */
function kendall(x: Float64Array, y: Float64Array): number {
  const n = x.length;
  const order = Uint32Array.from(x.keys()).sort((i, j) => x[i]! - x[j]! || y[i]! - y[j]!);
  const xs = Float64Array.from(order, (i) => x[i]!);
  const ys = Float64Array.from(order, (i) => y[i]!);
  const pairs = (sizes: readonly number[]): number => sizes.reduce((sum, t) => sum + (t * (t - 1)) / 2, 0);
  const all = (n * (n - 1)) / 2;
  const tiedX = pairs(tieSizes(xs));
  const tiedBoth = pairs(tieSizesOfPairs(xs, ys));
  const discordant = countInversions(ys);
  const tiedY = pairs(tieSizes(ys));
  const concordant = all - tiedX - tiedY + tiedBoth - discordant;
  return (concordant - discordant) / Math.sqrt((all - tiedX) * (all - tiedY));
}

function tieSizesOfPairs(xs: Float64Array, ys: Float64Array): number[] {
  let group = 0;
  return tieSizes(
    Float64Array.from(xs, (x, i) => {
      if (i > 0 && (x !== xs[i - 1] || ys[i] !== ys[i - 1])) group += 1;
      return group;
    }),
  );
}
