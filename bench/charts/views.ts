import { type Bars, sliceBars } from "../../src/core/bars.ts";
import { type PairChartOptions, pairChart } from "../../src/render/chart/pair/pair-chart.ts";
import type { ChartView, View } from "../../src/render/view.ts";

export const PAIR: PairChartOptions = { y: "BTCUSDT", x: "ETHUSDT", threshold: 2, decimals: 2 };

/** The chart of a pair over `length` bars from the k-th on, and one that forms. */
export function pairOf(walk: Bars, k: number, length: number): View {
  const closed = sliceBars(walk, k, k + length);
  const wave = closed.close.map((_, i) => Math.sin((k + i) / 9));
  const forming = sliceBars(walk, k + length, k + length + 1);
  const rows = { venue: walk.venue, closed, forming, timeUs: closed.startUs };
  return pairChart({ ...rows, spread: wave.map((v) => v / 1e4), zScore: wave.map((v) => 3 * v) }, PAIR);
}

interface Named {
  readonly name?: string;
  readonly layer?: readonly Named[];
  readonly views?: readonly string[];
}

/** The same with two panes more, under the same crosshair. */
export function withFivePanes(view: View): View {
  if (view.kind !== "chart") throw new Error("a pair's chart is needed: it has too few bars");
  const [price, spread, zScore] = view.spec.vconcat as readonly [Named, Named, Named];
  const again = (pane: Named): Named => ({
    ...pane,
    layer: pane.layer!.map((layer) => (layer.name ? { ...layer, name: `${layer.name} again` } : layer)),
  });
  const params = (view.spec.params as readonly Named[]).map((param) =>
    param.views
      ? { ...param, views: [...param.views, "spread columns again", "zScore columns again"] }
      : param,
  );
  const vconcat = [price, spread, again(spread), again(zScore), zScore];
  return { ...view, spec: { ...view.spec, params, vconcat } } as ChartView;
}
