import type { HoleSpan } from "../../pipeline/store/quality/quality-types.ts";

export interface SymbolHole extends HoleSpan {
  readonly symbol: string;
}
