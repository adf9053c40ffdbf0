import { inspect, types } from "node:util";

const mostLetters = 20_000;

/** A property of whatever was thrown; undefined where reading it throws in its turn. */
export function fieldOf(value: unknown, name: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}

/** A property of the value's own that is no getter: reading it runs no code. */
export function plainField(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

/** Text of whatever it is, for a person; never throws, never endless. */
export function textOf(value: unknown, depth = 2): string {
  try {
    return cut(typeof value === "string" ? value : inspect(value, { depth }));
  } catch {
    return plainest(value);
  }
}

/** Without a word of the value's own: it could not say what it is. */
function plainest(value: unknown): string {
  try {
    return cut(inspect(value, { customInspect: false, getters: false, depth: 0 }));
  } catch {
    return `a ${typeof value} that cannot be shown`;
  }
}

export function cut(text: string): string {
  return text.length > mostLetters ? `${text.slice(0, mostLetters)}…` : text;
}

/** The stack as V8 writes it, whatever a cell has made of `Error.prepareStackTrace`. */
export function stackOf(error: unknown): string {
  const stack = withError({ prepareStackTrace: undefined }, () => fieldOf(error, "stack"));
  return typeof stack === "string" ? stack : "";
}

/** Works while `Error` has these properties; where a cell has frozen it, as it is. */
export function withError<T>(wanted: Readonly<Record<string, unknown>>, work: () => T): T {
  const before = Object.keys(wanted).map(
    (name) => [name, Object.getOwnPropertyDescriptor(Error, name)] as const,
  );
  for (const [name, value] of Object.entries(wanted))
    Reflect.defineProperty(Error, name, { value, configurable: true, writable: true, enumerable: true });
  try {
    return work();
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor) Reflect.defineProperty(Error, name, descriptor);
      else Reflect.deleteProperty(Error, name);
    }
  }
}
