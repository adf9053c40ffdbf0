/**
 * Mean and squared deviations of the last `window` values, O(1) each, without the drift of running sums.
 *
 * Nothing is ever subtracted from a sum. The series is cut into blocks of `window` values; a view is the tail of
 * the block before (its sums are folded once, when the next block begins) and the head of the current one. All sums
 * are taken about the first value of the current block, which is in every view of that block: hence a constant view
 * has a deviation of exactly 0, an offset costs no digits, and a spike or a NaN is gone when it leaves the view.
 * While the window is not full the missing tail is NaN, and so is every result.
 *
 * Values are taken a stretch at a time, never beyond a block; results lie at their places in the block. One value at a
 * time gives the same bits.
 */
export class WindowMoments {
  readonly window: number;
  /** What the sums of this block are taken about. */
  origin: number = Number.NaN;
  /** The newest value of each view, less `origin`. */
  readonly newest: Float64Array;
  /** The mean of each view, less `origin`. */
  readonly mean: Float64Array;
  /** The sum of squared deviations of each view; rounding may leave it a little below zero beside a far outlier. */
  readonly squares: Float64Array;

  readonly #block: Float64Array;
  readonly #tailSum: Float64Array;
  readonly #tailSquares: Float64Array;
  #filled: number;
  #headSum = 0;
  #headSquares = 0;
  #blocks = 0;

  constructor(window: number) {
    this.window = window;
    this.newest = new Float64Array(window);
    this.mean = new Float64Array(window);
    this.squares = new Float64Array(window);
    this.#filled = window;
    this.#block = new Float64Array(window);
    this.#tailSum = new Float64Array(window).fill(Number.NaN);
    this.#tailSquares = new Float64Array(window).fill(Number.NaN);
    this.#tailSum[window - 1] = 0;
    this.#tailSquares[window - 1] = 0;
  }

  /** Takes values from index `at` on, to their end or that of a block. Returns the places `[from, to)` of their results. */
  take(values: Float64Array, at: number): readonly [from: number, to: number] {
    if (this.#filled === this.window) this.#beginBlock(values[at]!);
    const from = this.#filled;
    const to = Math.min(this.window, from + values.length - at);
    for (let i = from; i < to; i++) this.#block[i] = values[at + i - from]!;
    this.#filled = to;
    this.#sum(from, to);
    return [from, to];
  }

  #sum(from: number, to: number): void {
    const { newest, mean, squares, origin, window } = this;
    const block = this.#block;
    const tailSum = this.#tailSum;
    const tailSquares = this.#tailSquares;
    let headSum = this.#headSum;
    let headSquares = this.#headSquares;
    for (let i = from; i < to; i++) {
      const d = block[i]! - origin;
      headSum += d;
      headSquares += d * d;
      const sum = headSum + tailSum[i]!;
      newest[i] = d;
      mean[i] = sum / window;
      squares[i] = headSquares + tailSquares[i]! - sum * mean[i]!;
    }
    this.#headSum = headSum;
    this.#headSquares = headSquares;
  }

  /** Folds the block before: at place i stand the sums of what a view that ends at i takes from it. */
  #beginBlock(origin: number): void {
    this.origin = origin;
    this.#headSum = 0;
    this.#headSquares = 0;
    this.#filled = 0;
    this.#blocks += 1;
    if (this.#blocks === 1) return;
    const block = this.#block;
    const tailSum = this.#tailSum;
    const tailSquares = this.#tailSquares;
    let sum = 0;
    let squares = 0;
    for (let i = this.window - 1; i > 0; i--) {
      const d = block[i]! - origin;
      sum += d;
      squares += d * d;
      tailSum[i - 1] = sum;
      tailSquares[i - 1] = squares;
    }
  }
}
