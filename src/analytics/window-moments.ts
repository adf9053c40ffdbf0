/**
 * Mean and squared deviations of the last `window` values, O(1) each, without the drift of running sums.
 *
 * Nothing is ever subtracted from a sum. The series is cut into blocks of `window` values; a view is the tail of
 * the block before (its sums are folded once, when the next block begins) and the head of the current one. All sums
 * are taken about the first value of the current block, which is in every view of that block: hence a constant view
 * has a deviation of exactly 0, an offset costs no digits, and a spike or a NaN is gone when it leaves the view.
 * While the window is not full the missing tail is NaN, and so is every result.
 */
export class WindowMoments {
  /** The newest value, less `origin`. */
  latest: number = Number.NaN;
  /** The mean of the view, less `origin`. */
  mean: number = Number.NaN;
  /** The sum of squared deviations from the mean. */
  squares: number = Number.NaN;
  /** What the sums are taken about: the first value of the current block. */
  origin: number = Number.NaN;

  readonly #window: number;
  readonly #block: Float64Array;
  readonly #tailSum: Float64Array;
  readonly #tailSquares: Float64Array;
  #filled: number;
  #first = true;
  #headSum = Number.NaN;
  #headSquares = Number.NaN;

  constructor(window: number) {
    this.#window = window;
    this.#filled = window;
    this.#block = new Float64Array(window);
    this.#tailSum = new Float64Array(window + 1).fill(Number.NaN);
    this.#tailSquares = new Float64Array(window + 1).fill(Number.NaN);
    this.#tailSum[window] = 0;
    this.#tailSquares[window] = 0;
  }

  push(value: number): void {
    if (this.#filled === this.#window) this.#beginBlock(value);
    this.#block[this.#filled++] = value;
    const d = value - this.origin;
    this.#headSum += d;
    this.#headSquares += d * d;
    const sum = this.#headSum + this.#tailSum[this.#filled]!;
    this.latest = d;
    this.mean = sum / this.#window;
    this.squares = this.#headSquares + this.#tailSquares[this.#filled]! - sum * this.mean;
  }

  #beginBlock(origin: number): void {
    if (!this.#first) {
      let sum = 0;
      let squares = 0;
      for (let i = this.#window - 1; i > 0; i--) {
        const d = this.#block[i]! - origin;
        sum += d;
        squares += d * d;
        this.#tailSum[i] = sum;
        this.#tailSquares[i] = squares;
      }
    }
    this.#first = false;
    this.#filled = 0;
    this.origin = origin;
    this.#headSum = 0;
    this.#headSquares = 0;
  }
}
