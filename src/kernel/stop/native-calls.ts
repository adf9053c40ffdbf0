import { SHARED } from "./thread-messages.ts";

type Call = (this: unknown, ...given: unknown[]) => unknown;
/** Does work that is native (1) or that native code has called back (0). */
type Pass = <T>(to: 0 | 1, work: () => T) => T;

/**
 * An add-on that makes or throws an error while V8 ends the execution aborts the process. So what add-ons export from now on
 * notes in the shared words (`SHARED`) that it runs, and the thread of the channels ends nothing meanwhile: it steps on to
 * where the call is over. What an add-on calls back is ended as all other code.
 */
export function gateNativeCalls(words: Int32Array): void {
  const pass = createPass(words);
  const dlopen = process.dlopen as (module: object, ...rest: unknown[]) => void;
  process.dlopen = (module: { exports?: unknown }, ...rest: unknown[]) => {
    dlopen.call(process, module, ...rest);
    const { exports } = module;
    if (typeof exports === "function") module.exports = gatedFunction(exports as Call, pass);
    else if (typeof exports === "object" && exports !== null)
      gateMembers(exports, (one) => gatedFunction(one, pass));
  };
}

function createPass(words: Int32Array): Pass {
  return (to, work) => {
    const before = Atomics.load(words, SHARED.inNative);
    Atomics.store(words, SHARED.inNative, to);
    let result: ReturnType<typeof work>;
    try {
      result = work();
    } catch (problem) {
      // behind it is a statement, where a stop may end what called the add-on
      Atomics.store(words, SHARED.inNative, before);
      throw problem;
    }
    Atomics.store(words, SHARED.inNative, before);
    return result;
  };
}

function called(pass: Pass, native: Call, self: unknown, given: readonly unknown[]): unknown {
  return pass(1, () => Reflect.apply(native, self, openedCallbacks(given, pass)));
}

const openedCallbacks = (given: readonly unknown[], pass: Pass): unknown[] =>
  given.map((one) => (typeof one === "function" ? openedCallback(one as Call, pass) : one));

/** A function of the caller's that the add-on calls: it is no native code. Constructed, it makes the add-on's errors. */
function openedCallback(callback: Call, pass: Pass): Call {
  return new Proxy(callback, {
    apply: (original, self, given) => pass(0, () => Reflect.apply(original, self, given)),
  });
}

/** A function or class that an add-on exports. */
function gatedFunction(native: Call, pass: Pass): Call {
  const prototype: unknown = native.prototype;
  if (typeof prototype === "object" && prototype !== null)
    gateMembers(prototype, (method) => gatedMethod(method, pass));
  const gated: Call = new Proxy(native, {
    apply: (original, self, given) => called(pass, original, self, given),
    construct: (original, given, made) =>
      pass(1, () =>
        Reflect.construct(original, openedCallbacks(given, pass), made === gated ? original : made),
      ),
  });
  // static methods of a class, some of which look at whose they are
  gateMembers(native, (method) => gatedMethod(method, pass, (self) => (self === gated ? native : self)));
  return gated;
}

function gatedMethod(native: Call, pass: Pass, owner = (self: unknown): unknown => self): Call {
  const gated: Call = function (...given) {
    return called(pass, native, owner(this), given);
  };
  for (const name of ["name", "length"]) {
    Object.defineProperty(gated, name, Object.getOwnPropertyDescriptor(native, name) ?? {});
  }
  return gated;
}

/** Puts gated functions in the place of those that the object lets be replaced. */
function gateMembers(owner: object, gate: (native: Call) => Call): void {
  for (const key of Reflect.ownKeys(owner)) {
    const member = Object.getOwnPropertyDescriptor(owner, key)!;
    if (member.configurable !== true || key === "constructor") continue;
    for (const part of ["value", "get", "set"] as const) {
      if (typeof member[part] === "function") member[part] = gate(member[part] as Call) as never;
    }
    Object.defineProperty(owner, key, member);
  }
}
