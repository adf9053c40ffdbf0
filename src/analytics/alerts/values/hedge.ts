import { hedgeRatio } from "../../pair/hedge-ratio.ts";
import { kalmanRatioOperator } from "../../regression/kalman/kalman-ratio.ts";
import { rollingOlsOperator } from "../../regression/rolling-ols.ts";
import type { ValueOf } from "../alerts.ts";
import { orNothing } from "../measures/or-nothing.ts";
import { recentValues } from "../measures/recent-values.ts";
import type { FrozenNode, Lane } from "./nodes.ts";

/** A node of spreads. A step may bring several at once: a frozen ratio brings those of the bars it was fitted on. */
export interface SpreadNode extends FrozenNode {
  /** The spreads that are new at the present step; none where a symbol has no bar. */
  readonly fresh: number[];
}

/** y − α − βx at the bars that both symbols have. */
export function spreadNode(of: ValueOf, y: Lane, x: Lane): SpreadNode {
  const scaled = of.prices === "log" ? Math.log : (price: number) => price;
  const hedge = hedgeOf(of);
  const fresh: number[] = [];
  const node: SpreadNode = {
    of,
    value: Number.NaN,
    fresh,
    step: () => {
      fresh.length = 0;
      if (y.row >= 0 && x.row >= 0)
        hedge.push(scaled(y.bars!.close[y.row]!), scaled(x.bars!.close[x.row]!), fresh);
      node.value = fresh.length === 0 ? Number.NaN : fresh[fresh.length - 1]!;
    },
    reset: () => {
      fresh.length = 0;
      node.value = Number.NaN;
      hedge.reset();
    },
    memory: hedge.memory,
    remember: hedge.remember,
  };
  return node;
}

interface Hedge {
  /** Takes a pair of prices on their scale, and adds the spreads that are new. */
  push(y: number, x: number, fresh: number[]): void;
  reset(): void;
  memory(): unknown;
  remember(memory: unknown): void;
}

function hedgeOf({ hedge, hedgeBars, alpha, beta }: ValueOf): Hedge {
  const forgetful = { memory: () => undefined, remember: () => {} };
  switch (hedge) {
    case "fixed":
      return { ...forgetful, push: (y, x, fresh) => void fresh.push(y - alpha - beta * x), reset: () => {} };
    case "rolling": {
      let line = rollingOlsOperator({ window: hedgeBars });
      return {
        ...forgetful,
        push: (y, x, fresh) => {
          const at = line.push(y, x);
          fresh.push(y - at.alpha - at.beta * x);
        },
        reset: () => {
          line = rollingOlsOperator({ window: hedgeBars });
        },
      };
    }
    case "kalman": {
      let filter = kalmanRatioOperator({});
      return {
        ...forgetful,
        // y less what was predicted from the bars before: the filtered β leaves hardly a spread
        push: (y, x, fresh) => void fresh.push(filter.push(y, x).innovation),
        reset: () => {
          filter = kalmanRatioOperator({});
        },
      };
    }
    case "frozen":
      return frozenHedge(hedgeBars);
  }
}

interface Line {
  readonly alpha: number;
  readonly beta: number;
}

function frozenHedge(hedgeBars: number): Hedge {
  let line: Line | undefined;
  const [ys, xs] = [recentValues(hedgeBars), recentValues(hedgeBars)];
  return {
    push: (y, x, fresh) => {
      if (line !== undefined) {
        fresh.push(y - line.alpha - line.beta * x);
        return;
      }
      ys.push(y);
      xs.push(x);
      if (!ys.isFull) return;
      const [allY, allX] = [ys.values(), xs.values()];
      line = orNothing(() => hedgeRatio(allY, allX, { prices: "raw" }));
      if (line === undefined) return;
      const { alpha, beta } = line;
      allY.forEach((value, i) => void fresh.push(value - alpha - beta * allX[i]!));
    },
    reset: () => {
      ys.clear();
      xs.clear();
    },
    memory: () => (line === undefined ? undefined : { alpha: line.alpha, beta: line.beta }),
    remember: (memory) => {
      const { alpha, beta } = (memory ?? {}) as Partial<Line>;
      line = Number.isFinite(alpha) && Number.isFinite(beta) ? { alpha: alpha!, beta: beta! } : undefined;
    },
  };
}
