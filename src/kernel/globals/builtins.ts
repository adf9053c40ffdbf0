import fs from "node:fs";
import path from "node:path";
import util from "node:util";
import vm from "node:vm";

/**
 * What the language and Node bring, as it was when the kernel started. The kernel, TypeScript and tslab run on the same
 * objects as cells do: what a cell has put in the place of `Array.prototype.map` or of `Promise` would be theirs, too.
 */
export interface Builtins {
  /** Puts back what was replaced or deleted and is needed; the names of it. */
  restore(): string[];
}

// as they are now: `restore` must run on nothing that can be replaced
const { getOwnPropertyDescriptor, defineProperty, deleteProperty, ownKeys } = Reflect;

interface Kept {
  readonly owner: object;
  readonly key: PropertyKey;
  readonly name: string;
  readonly was: PropertyDescriptor;
  /** Another value of its type may stand in for it: a clock or a dice for tests, a `fetch` that answers by itself. */
  readonly isReplaceable: boolean;
}

/** Nobody puts others in their place and means well. */
const language = (
  "Object Function Array String Number Boolean BigInt Symbol Map Set WeakMap WeakSet WeakRef Promise Proxy Reflect JSON RegExp " +
  "Error TypeError RangeError SyntaxError ReferenceError AggregateError ArrayBuffer SharedArrayBuffer Atomics DataView Uint8Array " +
  "Int32Array Float64Array Iterator parseInt parseFloat isNaN isFinite globalThis global Buffer"
).split(" ");
const replaceable = (
  "Date Math Intl process console performance setTimeout setInterval setImmediate clearTimeout clearInterval " +
  "clearImmediate queueMicrotask structuredClone URL URLSearchParams TextEncoder TextDecoder AbortController AbortSignal Event " +
  "EventTarget MessageChannel fetch encodeURIComponent decodeURIComponent"
).split(" ");
/** What a program may set as it likes. */
const free = new Set(["prepareStackTrace", "stackTraceLimit", "name", "length", "message", "stack"]);
/** On every object they would change what a description of a property, a promise or JSON is. */
const poison = ["get", "set", "value", "writable", "enumerable", "configurable", "then", "toJSON"];

export function keepBuiltins(): Builtins {
  const kept: Kept[] = [];
  const keep = (owner: object, key: PropertyKey, name: string, isReplaceable: boolean): void => {
    const found = getOwnPropertyDescriptor(owner, key);
    if (!found || !(found.configurable || found.writable)) return;
    // `process`, `Buffer` and others of Node's globals stand behind a getter and a setter
    const isGlobal = owner === globalThis && found.get !== undefined;
    const was = isGlobal
      ? { value: found.get!.call(owner), writable: true, enumerable: found.enumerable!, configurable: true }
      : found;
    if (isGlobal) defineProperty(owner, key, was);
    kept.push({ owner, key, name, was, isReplaceable });
  };
  const keepAll = (owner: unknown, name: string, isReplaceable: boolean): void => {
    if ((typeof owner !== "object" && typeof owner !== "function") || owner === null) return;
    for (const key of ownKeys(owner))
      if (!free.has(String(key)))
        keep(
          owner,
          key,
          typeof key === "symbol" ? `${name}[${String(key)}]` : `${name}.${key}`,
          isReplaceable,
        );
  };
  const place = globalThis as unknown as Record<string, { prototype?: unknown }>;
  for (const name of language) {
    keep(globalThis, name, name, false);
    if (/^global/.test(name)) continue;
    keepAll(place[name], name, false);
    keepAll(place[name]?.prototype, `${name}.prototype`, false);
  }
  for (const name of replaceable) {
    keep(globalThis, name, name, true);
    if (/^(Date|Math|console)$/.test(name)) keepAll(place[name], name, true);
    if (name === "Date") keepAll(Date.prototype, "Date.prototype", true);
  }
  for (const name of ["emit", "on", "once", "off", "listeners", "removeListener", "nextTick"] as const) {
    defineProperty(process, name, { value: process[name], writable: true, configurable: true });
    keep(process, name, `process.${name}`, true);
  }
  for (const name of ["stdout", "stderr"] as const) {
    const stream = process[name];
    defineProperty(stream, "write", { value: stream.write, writable: true, configurable: true });
    keep(stream, "write", `process.${name}.write`, true);
  }
  const arrays = Object.getPrototypeOf(Int8Array) as { prototype: object };
  keepAll(arrays.prototype, "TypedArray.prototype", false);
  for (const iterator of [[].values(), new Map().values(), new Set().values(), "".matchAll(/./g)])
    keepAll(Object.getPrototypeOf(iterator), "Iterator", false);
  for (const [name, module] of Object.entries({ fs, path, util, vm })) keepAll(module, name, true);
  return {
    restore: () => {
      const names: string[] = [];
      for (let at = 0; at < poison.length; at++) {
        const key = poison[at]!;
        if (getOwnPropertyDescriptor(objects, key) && deleteProperty(objects, key))
          names[names.length] = `Object.prototype.${key}`;
      }
      for (let at = 0; at < kept.length; at++) {
        const one = kept[at]!;
        if (isLost(one) && defineProperty(one.owner, one.key, one.was)) names[names.length] = one.name;
      }
      return names;
    },
  };
}

const objects = Object.prototype;

function isLost({ owner, key, was, isReplaceable }: Kept): boolean {
  const now = getOwnPropertyDescriptor(owner, key);
  if (now === undefined) return true;
  if (isReplaceable && was.get === undefined)
    return typeof now.value !== typeof was.value || now.value === null;
  return now.value !== was.value || now.get !== was.get;
}
