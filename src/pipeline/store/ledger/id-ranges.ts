/** Ids from `first` to `last`, both included. */
export interface IdRange {
  readonly first: number;
  readonly last: number;
}

/**
 * How a trade's id stands to the ids held: the `first` of its symbol, the `next` one, a jump ahead which leaves a `gap`,
 * one that is held already (`known`), one that fills a hole (`late`), or one `before` all that was ever held.
 */
export type Arrival = "first" | "next" | "gap" | "known" | "late" | "before";

/** A set of ids as ascending ranges which neither overlap nor touch. */
export interface IdRanges {
  readonly ranges: readonly IdRange[];
  classify(id: number): Arrival;
  /** Adds ids, whether some are held already or not. */
  hold(first: number, last: number): void;
  /** Adds many ranges, in any order: what it costs grows as they do, and not with their square. */
  holdAll(more: readonly IdRange[]): void;
  /** Takes ids out, whether they were held or not. */
  release(first: number, last: number): void;
  /** The ids of a range that are not held, ascending. */
  missing(within: IdRange): IdRange[];
  /** The ranges that have ids in common with a range, whole. */
  within(range: IdRange): IdRange[];
  /** Those, the last one before and the first one after. */
  around(range: IdRange): IdRange[];
  /** How many ids are held in a range. */
  count(within: IdRange): number;
}

export function idRanges(initial: readonly IdRange[] = []): IdRanges {
  const ranges: { first: number; last: number }[] = initial.map(({ first, last }) => ({ first, last }));

  /** Index of the first range whose last id is at least `id`. */
  const find = (id: number): number => {
    let low = 0;
    let high = ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ranges[middle]!.last < id) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const missing = ({ first, last }: IdRange): IdRange[] => {
    const found: IdRange[] = [];
    let next = first;
    for (let i = find(first); i < ranges.length && ranges[i]!.first <= last; i++) {
      if (ranges[i]!.first > next) found.push({ first: next, last: ranges[i]!.first - 1 });
      next = ranges[i]!.last + 1;
    }
    if (next <= last) found.push({ first: next, last });
    return found;
  };

  return {
    ranges,
    classify: (id) => {
      const newest = ranges[ranges.length - 1];
      if (newest === undefined) return "first";
      if (id === newest.last + 1) return "next";
      if (id > newest.last) return "gap";
      if (id < ranges[0]!.first) return "before";
      return ranges[find(id)]!.first <= id ? "known" : "late";
    },
    hold: (first, last) => {
      const newest = ranges[ranges.length - 1];
      if (newest !== undefined && first === newest.last + 1) {
        newest.last = last;
        return;
      }
      // every range that overlaps or touches becomes one with it
      const from = find(first - 1);
      let to = from;
      let low = first;
      let high = last;
      while (to < ranges.length && ranges[to]!.first <= last + 1) {
        low = Math.min(low, ranges[to]!.first);
        high = Math.max(high, ranges[to]!.last);
        to++;
      }
      ranges.splice(from, to - from, { first: low, last: high });
    },
    holdAll: (more) => {
      const [begin] = more;
      if (begin === undefined) return;
      const ascending = more.toSorted((a, b) => a.first - b.first);
      const high = more.reduce((most, { last }) => Math.max(most, last), 0);
      const from = find(ascending[0]!.first - 1);
      let to = from;
      while (to < ranges.length && ranges[to]!.first <= high + 1) to++;
      const joined = [...join(ranges.slice(from, to), ascending), ...ranges.slice(to)];
      ranges.length = from;
      for (const range of joined) ranges.push(range);
    },
    release: (first, last) => {
      const from = find(first);
      let to = from;
      const kept: IdRange[] = [];
      for (; to < ranges.length && ranges[to]!.first <= last; to++) {
        const range = ranges[to]!;
        if (range.first < first) kept.push({ first: range.first, last: first - 1 });
        if (range.last > last) kept.push({ first: last + 1, last: range.last });
      }
      ranges.splice(from, to - from, ...kept);
    },
    missing,
    within: ({ first, last }) => {
      const from = find(first);
      let to = from;
      while (to < ranges.length && ranges[to]!.first <= last) to++;
      return ranges.slice(from, to);
    },
    around: ({ first, last }) => {
      const from = find(first);
      let to = from;
      while (to < ranges.length && ranges[to]!.first <= last) to++;
      return ranges.slice(Math.max(0, from - 1), to + 1);
    },
    count: (within) =>
      missing(within).reduce(
        (held, gap) => held - (gap.last - gap.first + 1),
        within.last - within.first + 1,
      ),
  };
}

/** Two ascending lists as one, in which nothing overlaps or touches. */
function join(a: readonly IdRange[], b: readonly IdRange[]): { first: number; last: number }[] {
  const joined: { first: number; last: number }[] = [];
  for (let i = 0, k = 0; i < a.length || k < b.length; ) {
    const isA = k === b.length || (i < a.length && a[i]!.first <= b[k]!.first);
    const { first, last } = isA ? a[i++]! : b[k++]!;
    const newest = joined[joined.length - 1];
    if (newest === undefined || newest.last + 1 < first) joined.push({ first, last });
    else newest.last = Math.max(newest.last, last);
  }
  return joined;
}
