/** A binary floating number of 600 bits, for references: `m` · 2^`e`. */
export interface Wide {
  readonly m: bigint;
  readonly e: number;
}

const BITS = 600;

function size(m: bigint): number {
  const hex = (m < 0n ? -m : m).toString(16);
  return 4 * hex.length;
}

function cut(m: bigint, e: number): Wide {
  const spare = size(m) - BITS;
  return spare > 0 ? { m: m >> BigInt(spare), e: e + spare } : { m, e };
}

/** A double, exactly. */
export function wide(value: number): Wide {
  if (value === 0) return { m: 0n, e: 0 };
  if (!Number.isFinite(value)) throw new RangeError(`no finite number: ${value}`);
  let e = Math.max(-1074, Math.floor(Math.log2(Math.abs(value))) - 54);
  let scaled = value / 2 ** Math.ceil(e / 2) / 2 ** Math.floor(e / 2);
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    e -= 1;
  }
  return { m: BigInt(scaled), e };
}

export function plus(a: Wide, b: Wide): Wide {
  if (a.m === 0n) return b;
  if (b.m === 0n) return a;
  if (a.e < b.e) return plus(b, a);
  const apart = a.e - b.e;
  if (apart > 4 * BITS) return a;
  return cut((a.m << BigInt(apart)) + b.m, b.e);
}

export function minus(a: Wide, b: Wide): Wide {
  return plus(a, { m: -b.m, e: b.e });
}

export function times(a: Wide, b: Wide): Wide {
  return cut(a.m * b.m, a.e + b.e);
}

export function over(a: Wide, b: Wide): Wide {
  return cut((a.m << BigInt(2 * BITS)) / b.m, a.e - b.e - 2 * BITS);
}

/** The nearest double, but for the last bit. */
export function narrow({ m, e }: Wide): number {
  const spare = size(m) - 60;
  const [top, at] = spare > 0 ? [m >> BigInt(spare), e + spare] : [m, e];
  return Number(top) * 2 ** Math.ceil(at / 2) * 2 ** Math.floor(at / 2);
}

export function root(a: Wide): number {
  const even = a.e % 2 === 0 ? a : { m: a.m << 1n, e: a.e - 1 };
  const spare = size(even.m) - 120;
  const shift = spare > 0 ? spare + (spare % 2) : 0;
  const half = (even.e + shift) / 2;
  return Math.sqrt(Number(even.m >> BigInt(shift))) * 2 ** Math.ceil(half / 2) * 2 ** Math.floor(half / 2);
}

export function total(values: readonly Wide[]): Wide {
  return values.reduce(plus, wide(0));
}
