/** What `WindowPairMoments` sums about. */
export interface PairOrigin {
  /** Sums are taken about the first pair of a block; without it about zero, for a regression through the origin. */
  readonly centred: boolean;
  /**
   * y is taken less a slope times x, so that the residual sum of squares keeps its digits. The slope is taken anew from
   * the view in which it no longer serves: after a spike, or an x that stood still, has left.
   */
  readonly sloped: boolean;
}

/**
 * Second moments of the last `window` pairs, made and read like `WindowMoments`: tail of the block before, head of the
 * current one, nothing subtracted from a sum. They are of x and e = y − slope · x.
 */
export class WindowPairMoments {
  readonly window: number;
  originX: number = Number.NaN;
  originY: number = Number.NaN;
  slope: number = 0;
  /** The mean of x in each view, less `originX`; 0 where not centred. */
  readonly meanX: Float64Array;
  /** The mean of e in each view, of x and y less their origins; 0 where not centred. */
  readonly meanE: Float64Array;
  /** Σ (x − mean x)²; about zero where not centred, as the two that follow. */
  readonly xx: Float64Array;
  /** Σ (x − mean x) (e − mean e). */
  readonly xe: Float64Array;
  /** Σ (e − mean e)². */
  readonly ee: Float64Array;

  readonly #origin: PairOrigin;
  #x: Float64Array;
  #y: Float64Array;
  /** The block before. */
  #pastX: Float64Array;
  #pastY: Float64Array;
  /** Five sums (x, e, xx, xe, ee) of what the view that ends at each place takes from the block before. */
  readonly #tail: Float64Array;
  readonly #head: Float64Array = new Float64Array(5);
  readonly #before: Float64Array = new Float64Array(5);
  #filled: number;
  #blocks = 0;

  constructor(window: number, origin: PairOrigin) {
    const column = () => new Float64Array(window);
    this.window = window;
    this.meanX = column();
    this.meanE = column();
    this.xx = column();
    this.xe = column();
    this.ee = column();
    this.#origin = origin;
    this.#x = column();
    this.#y = column();
    this.#pastX = column();
    this.#pastY = column();
    this.#tail = new Float64Array(5 * window).fill(Number.NaN).fill(0, 5 * (window - 1));
    this.#filled = window;
  }

  /**
   * Takes pairs from index `at` on, to their end, that of a block, or the first view for which the slope has to be
   * another. Returns the places `[from, to)` of their results.
   */
  take(y: Float64Array, x: Float64Array, at: number): readonly [from: number, to: number] {
    if (this.#filled === this.window) this.#beginBlock(y[at]!, x[at]!);
    const from = this.#filled;
    const to = Math.min(this.window, from + y.length - at);
    for (let i = from; i < to; i++) {
      this.#x[i] = x[at + i - from]!;
      this.#y[i] = y[at + i - from]!;
    }
    this.#before.set(this.#head);
    this.#sum(from, to);
    this.#filled = this.#origin.sloped ? this.#served(from, to) : to;
    return [from, this.#filled];
  }

  /** Where the results from `from` on can be used to; the first of them always, about another slope if it has to be. */
  #served(from: number, to: number): number {
    let start = from;
    for (let i = from; i < to; i++) {
      if (!this.#isBlurred(i)) continue;
      if (i > from) {
        this.#head.set(this.#before);
        this.#sum(start, i);
        return i;
      }
      this.#turn(i);
      start = i + 1;
      this.#before.set(this.#head);
      this.#sum(start, to);
    }
    return to;
  }

  /** Whether nearly all of e is one line: then its rest has lost digits, and another slope would keep them. */
  #isBlurred(at: number): boolean {
    const xe = this.xe[at]!;
    return xe * (xe / this.xx[at]!) > MOST_EXPLAINED * this.ee[at]!;
  }

  #sum(from: number, to: number): void {
    const { meanX, meanE, xx, xe, ee, originX, originY, slope } = this;
    const perValue = this.#origin.centred ? 1 / this.window : 0;
    const tail = this.#tail;
    const xs = this.#x;
    const ys = this.#y;
    let [headX, headE, headXX, headXE, headEE] = this.#head as unknown as FiveSums;
    for (let i = from; i < to; i++) {
      const dx = xs[i]! - originX;
      const de = ys[i]! - originY - slope * dx;
      headX += dx;
      headE += de;
      headXX += dx * dx;
      headXE += dx * de;
      headEE += de * de;
      const sumX = headX + tail[5 * i]!;
      const sumE = headE + tail[5 * i + 1]!;
      const mx = sumX * perValue;
      const me = sumE * perValue;
      meanX[i] = mx;
      meanE[i] = me;
      xx[i] = headXX + tail[5 * i + 2]! - sumX * mx;
      xe[i] = headXE + tail[5 * i + 3]! - sumX * me;
      ee[i] = headEE + tail[5 * i + 4]! - sumE * me;
    }
    this.#head.set([headX, headE, headXX, headXE, headEE]);
  }

  #beginBlock(y: number, x: number): void {
    [this.#x, this.#pastX] = [this.#pastX, this.#x];
    [this.#y, this.#pastY] = [this.#pastY, this.#y];
    this.originX = this.#origin.centred ? x : 0;
    this.originY = this.#origin.centred ? y : 0;
    if (this.#blocks > 0) this.#foldTail();
    this.#head.fill(0);
    this.#filled = 0;
    this.#blocks += 1;
  }

  /** Takes the slope of a view as what y is taken less of, and all sums about it; once more while it was not seen well. */
  #turn(at: number): void {
    for (let tries = 0; tries < MOST_TURNS; tries++) {
      const slope = this.slope + this.xe[at]! / this.xx[at]!;
      if (slope === this.slope || !Number.isFinite(slope)) return;
      this.slope = slope;
      if (this.#blocks > 1) this.#foldTail();
      this.#head.fill(0);
      this.#sum(0, at + 1);
      if (!this.#isBlurred(at)) return;
    }
  }

  #foldTail(): void {
    const tail = this.#tail;
    let sumX = 0;
    let sumE = 0;
    let xx = 0;
    let xe = 0;
    let ee = 0;
    for (let i = this.window - 1; i > 0; i--) {
      const dx = this.#pastX[i]! - this.originX;
      const de = this.#pastY[i]! - this.originY - this.slope * dx;
      const at = 5 * (i - 1);
      tail[at] = sumX += dx;
      tail[at + 1] = sumE += de;
      tail[at + 2] = xx += dx * dx;
      tail[at + 3] = xe += dx * de;
      tail[at + 4] = ee += de * de;
    }
  }
}

/** The share of the squares of e that another slope may explain: three digits are lost there. */
const MOST_EXPLAINED = 1 - 2 ** -10;
const MOST_TURNS = 4;

type FiveSums = [number, number, number, number, number];
