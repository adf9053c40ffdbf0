/** What `WindowPairMoments` sums about. */
export interface PairOrigin {
  /** Sums are taken about the first pair of a block; without it about zero, for a regression through the origin. */
  readonly centred: boolean;
  /** y is taken less the slope of the view before, so that the residual sum of squares keeps its digits. */
  readonly sloped: boolean;
}

/**
 * Second moments of the last `window` pairs, O(1) each, made like `WindowMoments`: tail of the block before, head of
 * the current one, nothing subtracted from a sum.
 */
export class WindowPairMoments {
  /** The mean of x in view, less `originX`; 0 where not centred. */
  meanX: number = Number.NaN;
  /** The mean of e = y − slope · x in view, both less their origins; 0 where not centred. */
  meanE: number = Number.NaN;
  /** Σ (x − mean x)²; about zero where not centred, as the two that follow. */
  xx: number = Number.NaN;
  /** Σ (x − mean x) (e − mean e). */
  xe: number = Number.NaN;
  /** Σ (e − mean e)². */
  ee: number = Number.NaN;
  originX: number = Number.NaN;
  originY: number = Number.NaN;
  slope: number = 0;

  readonly #window: number;
  readonly #origin: PairOrigin;
  /** 1 / window, or 0 where sums are about zero. */
  readonly #perValue: number;
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  /** Five sums (x, e, xx, xe, ee) of the block before, from each index to its end. */
  readonly #tail: Float64Array;
  #headX = Number.NaN;
  #headE = Number.NaN;
  #headXX = Number.NaN;
  #headXE = Number.NaN;
  #headEE = Number.NaN;
  #filled: number;
  #blocks = 0;

  constructor(window: number, origin: PairOrigin) {
    this.#window = window;
    this.#origin = origin;
    this.#perValue = origin.centred ? 1 / window : 0;
    this.#filled = window;
    this.#x = new Float64Array(window);
    this.#y = new Float64Array(window);
    this.#tail = new Float64Array(5 * (window + 1)).fill(Number.NaN);
    this.#tail.fill(0, 5 * window);
  }

  push(y: number, x: number): void {
    if (this.#filled === this.#window) this.#beginBlock(y, x);
    this.#x[this.#filled] = x;
    this.#y[this.#filled] = y;
    this.#filled += 1;
    this.#add(y, x);
    if (this.#blocks === 1 && this.#filled === this.#window) this.#settle();
  }

  #add(y: number, x: number): void {
    const dx = x - this.originX;
    const de = y - this.originY - this.slope * dx;
    const tail = this.#tail;
    const at = 5 * this.#filled;
    this.#headX += dx;
    this.#headE += de;
    this.#headXX += dx * dx;
    this.#headXE += dx * de;
    this.#headEE += de * de;
    const sumX = this.#headX + tail[at]!;
    const sumE = this.#headE + tail[at + 1]!;
    this.meanX = sumX * this.#perValue;
    this.meanE = sumE * this.#perValue;
    this.xx = this.#headXX + tail[at + 2]! - sumX * this.meanX;
    this.xe = this.#headXE + tail[at + 3]! - sumX * this.meanE;
    this.ee = this.#headEE + tail[at + 4]! - sumE * this.meanE;
  }

  #beginBlock(y: number, x: number): void {
    this.#turn();
    this.originX = this.#origin.centred ? x : 0;
    this.originY = this.#origin.centred ? y : 0;
    if (this.#blocks > 0) this.#foldTail();
    this.#blocks += 1;
    this.#filled = 0;
    this.#clearHead();
  }

  /** The first full view has no view before it to take a slope from: it is summed again about its own. */
  #settle(): void {
    this.#turn();
    this.#clearHead();
    for (let i = 0; i < this.#window; i++) this.#add(this.#y[i]!, this.#x[i]!);
  }

  /** Takes the slope of the newest view as what y is taken less of. */
  #turn(): void {
    const slope = this.slope + this.xe / this.xx;
    if (this.#origin.sloped && Number.isFinite(slope)) this.slope = slope;
  }

  #clearHead(): void {
    this.#headX = 0;
    this.#headE = 0;
    this.#headXX = 0;
    this.#headXE = 0;
    this.#headEE = 0;
  }

  #foldTail(): void {
    const tail = this.#tail;
    let sumX = 0;
    let sumE = 0;
    let xx = 0;
    let xe = 0;
    let ee = 0;
    for (let i = this.#window - 1; i > 0; i--) {
      const dx = this.#x[i]! - this.originX;
      const de = this.#y[i]! - this.originY - this.slope * dx;
      const at = 5 * i;
      tail[at] = sumX += dx;
      tail[at + 1] = sumE += de;
      tail[at + 2] = xx += dx * dx;
      tail[at + 3] = xe += dx * de;
      tail[at + 4] = ee += de * de;
    }
  }
}
