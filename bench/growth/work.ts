import type { Growth } from "./growth.ts";
import { bars } from "./of-bars.ts";
import { cells } from "./of-cells.ts";
import { days } from "./of-days.ts";
import { holes } from "./of-holes.ts";
import { symbols } from "./of-symbols.ts";
import { trades } from "./of-trades.ts";

export const GROWTH: readonly Growth[] = [...trades, ...holes, ...symbols, ...bars, ...days, ...cells];
