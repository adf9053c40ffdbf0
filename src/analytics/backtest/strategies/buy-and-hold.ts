import { requireKnown } from "../../../core/arguments.ts";
import { requireWhole } from "../../checks.ts";
import type { Strategy } from "../strategy.ts";

export interface BuyAndHoldSettings {
  /** 0, which is y, unless told. */
  readonly leg?: number;
}

/** All the equity in one leg, from its first known close on: what any rule has to be measured against. */
export function buyAndHold(settings: BuyAndHoldSettings = {}): Strategy {
  requireKnown("buyAndHold", "settings", settings, ["leg"]);
  const { leg = 0 } = settings;
  requireWhole("buyAndHold", "leg", leg, 0);
  return {
    name: "buy and hold",
    settings: { ...settings },
    begin: () => ({
      decide: (view) =>
        view.target(leg) !== 0 || Number.isNaN(view.close(leg))
          ? undefined
          : { weights: Array.from({ length: view.legs }, (_, k) => (k === leg ? 1 : 0)), reason: "entry" },
    }),
  };
}
