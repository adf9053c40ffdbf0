import type { HoleSpan } from "../../pipeline/store/quality/quality.ts";

export interface SymbolHole extends HoleSpan {
  readonly symbol: string;
}
