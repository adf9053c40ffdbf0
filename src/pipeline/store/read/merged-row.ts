/** A merged trade as readers take it: fills of one order at one price, with the ids `first` to `last`. */
export interface MergedRow {
  readonly first: number;
  readonly last: number;
  readonly timeUs: number;
  readonly priceE8: number;
  readonly qtyE8: number;
  readonly isBuyerMaker: number;
}
