/** What `WindowPairMoments` sums about. */
export interface PairOrigin {
  /** Sums are taken about the first pair of a block; without it about zero, for a regression through the origin. */
  readonly centred: boolean;
  /** y is taken less the slope of the view before times x, so that the residual sum of squares keeps its digits. */
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
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  /** Five sums (x, e, xx, xe, ee) of what the view that ends at each place takes from the block before. */
  readonly #tail: Float64Array;
  readonly #head: Float64Array = new Float64Array(5);
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
    this.#tail = new Float64Array(5 * window).fill(Number.NaN).fill(0, 5 * (window - 1));
    this.#filled = window;
  }

  /** Takes pairs from index `at` on, to their end or that of a block. Returns the places `[from, to)` of their results. */
  take(y: Float64Array, x: Float64Array, at: number): readonly [from: number, to: number] {
    if (this.#filled === this.window) this.#beginBlock(y[at]!, x[at]!);
    const from = this.#filled;
    const to = Math.min(this.window, from + y.length - at);
    for (let i = from; i < to; i++) {
      this.#x[i] = x[at + i - from]!;
      this.#y[i] = y[at + i - from]!;
    }
    this.#filled = to;
    this.#sum(from, to);
    if (this.#blocks === 1 && to === this.window && this.#origin.sloped) {
      // the first full view has no view before it to take a slope from: it is summed again about its own
      this.#turn();
      this.#head.fill(0);
      this.#sum(0, to);
    }
    return [from, to];
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
    if (this.#blocks > 0) this.#turn();
    this.originX = this.#origin.centred ? x : 0;
    this.originY = this.#origin.centred ? y : 0;
    if (this.#blocks > 0) this.#foldTail();
    this.#head.fill(0);
    this.#filled = 0;
    this.#blocks += 1;
  }

  /** Takes the slope of the newest view as what y is taken less of. */
  #turn(): void {
    const last = this.window - 1;
    const slope = this.slope + this.xe[last]! / this.xx[last]!;
    if (this.#origin.sloped && Number.isFinite(slope)) this.slope = slope;
  }

  #foldTail(): void {
    const tail = this.#tail;
    let sumX = 0;
    let sumE = 0;
    let xx = 0;
    let xe = 0;
    let ee = 0;
    for (let i = this.window - 1; i > 0; i--) {
      const dx = this.#x[i]! - this.originX;
      const de = this.#y[i]! - this.originY - this.slope * dx;
      const at = 5 * (i - 1);
      tail[at] = sumX += dx;
      tail[at + 1] = sumE += de;
      tail[at + 2] = xx += dx * dx;
      tail[at + 3] = xe += dx * de;
      tail[at + 4] = ee += de * de;
    }
  }
}

type FiveSums = [number, number, number, number, number];
