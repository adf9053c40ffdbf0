/** What makes one JSON value another: rows that leave at the front and come at the end are not sent again. */
export type Delta =
  /** Another value. */
  | { readonly v: unknown }
  /** Of an object: what changes, and which keys go. */
  | { readonly o: Readonly<Record<string, Delta>>; readonly gone?: readonly string[] }
  /** Of a list: so many leave at its front, so many of the rest stay, these follow. */
  | { readonly a: readonly [drop: number, keep: number, more: readonly unknown[]] }
  /** Of a list of the same length: its changed items, by their place. */
  | { readonly i: Readonly<Record<string, Delta>> }
  /** Of a text: so many letters stay at its front and at its end, these between. */
  | { readonly t: readonly [front: number, end: number, middle: string] };

/** Undefined where both are equal. */
export function deltaOf(before: unknown, after: unknown): Delta | undefined {
  if (Object.is(before, after)) return undefined;
  if (typeof before === "string" && typeof after === "string") return textDelta(before, after);
  if (Array.isArray(before) && Array.isArray(after)) return listDelta(before, after);
  if (isPlain(before) && isPlain(after)) return objectDelta(before, after);
  return { v: after };
}

/** `before` is left as it was. */
export function patched(before: unknown, delta: Delta): unknown {
  if ("o" in delta) {
    const now = { ...(before as Record<string, unknown>) };
    for (const key of delta.gone ?? []) delete now[key];
    for (const [key, part] of Object.entries(delta.o)) now[key] = patched(now[key], part);
    return now;
  }
  if ("a" in delta) {
    const [drop, keep, more] = delta.a;
    return [...(before as readonly unknown[]).slice(drop, drop + keep), ...more];
  }
  if ("i" in delta) {
    const now = [...(before as readonly unknown[])];
    for (const [place, part] of Object.entries(delta.i))
      now[Number(place)] = patched(now[Number(place)], part);
    return now;
  }
  if ("t" in delta) {
    const [front, end, middle] = delta.t;
    const text = before as string;
    return text.slice(0, front) + middle + text.slice(text.length - end);
  }
  return delta.v;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function objectDelta(before: Record<string, unknown>, after: Record<string, unknown>): Delta | undefined {
  const changed = Object.keys(after).flatMap((key): [string, Delta][] => {
    const part = key in before ? deltaOf(before[key], after[key]) : { v: after[key] };
    return part ? [[key, part]] : [];
  });
  const gone = Object.keys(before).filter((key) => !(key in after));
  if (changed.length === 0 && gone.length === 0) return undefined;
  return { o: Object.fromEntries(changed), ...(gone.length > 0 && { gone }) };
}

function textDelta(before: string, after: string): Delta {
  const most = Math.min(before.length, after.length);
  let front = 0;
  while (front < most && before[front] === after[front]) front++;
  let end = 0;
  while (end < most - front && before.at(-1 - end) === after.at(-1 - end)) end++;
  return { t: [front, end, after.slice(front, after.length - end)] };
}

/** So many rows may leave at the front between two pictures. */
const mostLeaving = 32;

function listDelta(before: readonly unknown[], after: readonly unknown[]): Delta | undefined {
  if (before.length === 0 || after.length === 0)
    return before.length === after.length ? undefined : { v: after };
  if (isNested(before[0]) || isNested(after[0])) return itemsDelta(before, after);
  let best = { drop: 0, keep: 0 };
  for (let drop = 0; drop <= Math.min(mostLeaving, before.length - 1) && best.keep < after.length; drop++) {
    const most = Math.min(before.length - drop, after.length);
    if (most <= best.keep) break;
    let keep = 0;
    while (keep < most && Object.is(before[drop + keep], after[keep])) keep++;
    if (keep > best.keep) best = { drop, keep };
  }
  if (best.drop === 0 && best.keep === before.length && best.keep === after.length) return undefined;
  return best.keep === 0 ? { v: after } : { a: [best.drop, best.keep, after.slice(best.keep)] };
}

function isNested(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function itemsDelta(before: readonly unknown[], after: readonly unknown[]): Delta | undefined {
  if (before.length !== after.length) return { v: after };
  const changed = after.flatMap((item, k): [string, Delta][] => {
    const part = deltaOf(before[k], item);
    return part ? [[String(k), part]] : [];
  });
  return changed.length === 0 ? undefined : { i: Object.fromEntries(changed) };
}
