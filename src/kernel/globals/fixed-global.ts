/** Puts a value where all code finds it and none can take it away; what stands there already stays. */
export function fixGlobal<T>(key: symbol | string, value: T): T {
  const place = globalThis as unknown as Record<symbol | string, T>;
  if (Object.getOwnPropertyDescriptor(globalThis, key)?.configurable === false) return place[key]!;
  Object.defineProperty(globalThis, key, { value, writable: false, configurable: false, enumerable: false });
  return value;
}
