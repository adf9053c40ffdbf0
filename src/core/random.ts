/** A seeded source of numbers: the same seed gives the same sequence on every machine. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
}

/** Mixes words into 32 bits (Murmur3's finalizer over a running hash): the key of a place in a seeded world. */
export function hash32(...words: readonly number[]): number {
  let h = SEED;
  for (const word of words) h = mixed(h, word);
  return h >>> 0;
}

const SEED = 0x9e3779b9;

/** Takes both halves of a word in, so that numbers above 2^32 count in full. */
function mixed(h: number, word: number): number {
  return mixedHalf(mixedHalf(h, word | 0), Math.floor(word / 4294967296) | 0);
}

function mixedHalf(h: number, half: number): number {
  let m = Math.imul(h ^ half, 0x85ebca6b);
  m ^= m >>> 13;
  m = Math.imul(m, 0xc2b2ae35);
  return m ^ (m >>> 16);
}

/** sfc32 (Chris Doty-Humphrey, PractRand), keyed by any number of words. */
export function random(...key: readonly number[]): Random {
  let a = mixed(SEED, 1);
  let b = mixed(SEED, 2);
  let c = mixed(SEED, 3);
  for (const word of key) {
    a = mixed(a, word);
    b = mixed(b, word);
    c = mixed(c, word);
  }
  let counter = 1;
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  const uniform = (): number => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;
  let spare = Number.NaN;
  const normal = (): number => {
    if (!Number.isNaN(spare)) {
      const kept = spare;
      spare = Number.NaN;
      return kept;
    }
    // Marsaglia's polar method
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const scale = Math.sqrt((-2 * Math.log(s)) / s);
        spare = v * scale;
        return u * scale;
      }
    }
  };
  return { uniform, normal };
}
