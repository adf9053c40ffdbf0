import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type KernelRun, printedIn, startKernel, type TestKernel } from "../support/kernel.ts";

/** What Node 24 and TypeScript 5.1 to 5.9 have brought: code, and what its last expression shows. */
const runs: Readonly<Record<string, readonly [code: string, shown: string]>> = {
  "toSorted, toReversed, with": [
    "[[3, 1].toSorted(), [1, 2].toReversed(), [1, 2].with(0, 9)]",
    "[ [ 1, 3 ], [ 2, 1 ], [ 9, 2 ] ]",
  ],
  "toSpliced and findLast": [
    "[[1, 2, 3].toSpliced(1, 1), [1, 2, 3].findLast((n) => n < 3)]",
    "[ [ 1, 3 ], 2 ]",
  ],
  "Object.groupBy and Map.groupBy": [
    '[Object.groupBy([1, 2], (n) => n % 2 ? "odd" : "even").odd, Map.groupBy([1], String).size]',
    "[ [ 1 ], 1 ]",
  ],
  "methods of sets": [
    "[new Set([1, 2]).union(new Set([3])).size, new Set([1, 2]).isSubsetOf(new Set([1, 2, 3]))]",
    "[ 3, true ]",
  ],
  "Promise.withResolvers and Promise.try": [
    "const { promise, resolve } = Promise.withResolvers<number>(); resolve(9); [await promise, await Promise.try(() => 1)]",
    "[ 9, 1 ]",
  ],
  "Array.fromAsync": ["await Array.fromAsync((async function* () { yield 1; yield 2; })())", "[ 1, 2 ]"],
  "iterator helpers": [
    "[1, 2, 3, 4].values().filter((n) => n % 2 === 0).map((n) => n * 10).take(1).toArray()",
    "[ 20 ]",
  ],
  "Iterator.from": ["Iterator.from({ next: () => ({ done: true, value: 1 }) }).toArray()", "[]"],
  "resizable ArrayBuffer and transfer": [
    "const b = new ArrayBuffer(2, { maxByteLength: 8 }); b.resize(4); b.transfer().byteLength",
    "4",
  ],
  Float16Array: ["new Float16Array([1.5])[0]", "1.5"],
  "RegExp flag v and RegExp.escape": [
    '[/[\\p{L}--[a-z]]/v.test("A"), RegExp.escape("a.b").length > 3]',
    "[ true, true ]",
  ],
  "duplicate named groups": ['"2026".match(/(?<year>\\d{4})|x(?<year>\\d)/)!.groups!.year', "2026"],
  isWellFormed: ['["ab".isWellFormed(), "\\ud800".toWellFormed().length]', "[ true, 1 ]"],
  "Error.isError": ["Error.isError(new Error())", "true"],
  "Atomics.waitAsync": ["typeof Atomics.waitAsync", "function"],
  "top-level for await": ["let sum = 0; for await (const n of [Promise.resolve(1), 2]) sum += n; sum", "3"],
  using: [
    "const log: string[] = []; { using a = { [Symbol.dispose]: () => { log.push('closed'); } }; log.push('used'); } log",
    "[ 'used', 'closed' ]",
  ],
  "await using": [
    "const l2: string[] = []; { await using a = { async [Symbol.asyncDispose]() { l2.push('closed'); } }; l2.push('used'); } l2",
    "[ 'used', 'closed' ]",
  ],
  DisposableStack: [
    "let closed = 0; { using s = new DisposableStack(); s.defer(() => { closed++; }); } closed",
    "1",
  ],
  "5.0 decorators of the standard": [
    "function twice(m: (n: number) => number, _c: ClassMethodDecoratorContext) { return function (this: unknown, n: number) { return 2 * m.call(this, n); }; } class D { @twice m(n: number) { return n; } } new D().m(4)",
    "8",
  ],
  "5.0 accessor": ["class A { accessor x = 1; } const acc = new A(); acc.x = 5; acc.x", "5"],
  "5.0 const type parameters": [
    'const asIs = <const T>(v: T): T => v; const tuple: readonly ["a", 1] = asIs(["a", 1]); tuple',
    "[ 'a', 1 ]",
  ],
  "5.0 satisfies and enums as unions": [
    "enum E { A = 'a', B = 'b' } const byE = { a: 1, b: 2 } satisfies Record<E, number>; byE[E.B]",
    "2",
  ],
  "5.1 undefined-returning functions": ["function nothing(): undefined { } String(nothing())", "undefined"],
  "5.1 unrelated getter and setter types": [
    "class U { #v = 0; get v(): string { return String(this.#v); } set v(n: number | boolean) { this.#v = Number(n); } } const u = new U(); u.v = true; u.v",
    "1",
  ],
  "5.2 named and anonymous tuple elements": [
    "const pairOf: [first: string, number] = ['a', 1]; pairOf.length",
    "2",
  ],
  "5.2 array methods on unions": [
    "const mixed = [1, 2] as string[] | number[]; mixed.filter(Boolean).length",
    "2",
  ],
  "5.3 import attributes": [
    'import manifest from "./package.json" with { type: "json" }; manifest.name',
    "tickbook",
  ],
  "5.3 narrowing by switch (true)": [
    "const sw = (x: unknown) => { switch (true) { case typeof x === 'string': return x.length; default: return 0; } }; sw('abc')",
    "3",
  ],
  "5.3 narrowing by comparison to booleans": [
    "const isStr = (x: unknown): x is string => typeof x === 'string'; const cmp = (x: unknown) => (isStr(x) === true ? x.length : 0); cmp('ab')",
    "2",
  ],
  "5.4 narrowing in closures after the last assignment": [
    "const later = (x: string | number) => { if (typeof x === 'number') x = String(x); return [1].map(() => x.length)[0]; }; later(123)",
    "3",
  ],
  "5.4 NoInfer": [
    "const pick = <T extends string>(all: T[], one: NoInfer<T>): T => one; pick(['a', 'b'], 'a')",
    "a",
  ],
  "5.5 inferred type predicates": [
    "const numbers: number[] = [1, undefined, 2].filter((n) => n !== undefined); numbers",
    "[ 1, 2 ]",
  ],
  "5.5 narrowing of constant indexes": [
    "const at = (o: Record<string, unknown>, key: string) => (typeof o[key] === 'string' ? o[key].length : 0); at({ k: 'xy' }, 'k')",
    "2",
  ],
  "5.6 BuiltinIterator": ["const it: IteratorObject<number> = [1].values(); it.toArray()", "[ 1 ]"],
  "5.6 arbitrary module identifiers": ['const value = 1; export { value as "any name" }; value', "1"],
  "5.7 never-initialised checks and typed arrays": [
    "const bytes: Uint8Array<ArrayBuffer> = new Uint8Array(2); bytes.length",
    "2",
  ],
  "5.8 granular checks of branches in return": [
    "const pickOne = (b: boolean): number | string => (b ? 1 : 'a'); pickOne(true)",
    "1",
  ],
  "5.9 import of a namespace": ['import * as os from "node:os"; typeof os.cpus', "function"],
  "code pasted from a module": [
    "export const pasted = 1; export default class Pasted { static n = 2; } export type T = number; export interface I { a: T } pasted + Pasted.n",
    "3",
  ],
  "values whose types cannot be named": [
    "const anonymous = (() => { class Hidden { #p = 1; get p() { return this.#p; } } return new Hidden(); })(); const unique: unique symbol = Symbol('u'); anonymous.p",
    "1",
  ],
  "of such a value in a later cell": ["anonymous.p + 1", "2"],
  "parameter properties, namespaces and overloads": [
    "class P { constructor(public a: number, readonly b = 2) {} } namespace N { export const c = 3; } function ov(a: string): string; function ov(a: number): number; function ov(a: any) { return a; } new P(1).b + N.c + ov(4)",
    "9",
  ],
  "abstract classes, generics, mapped and template types": [
    "abstract class Shape { abstract area(): number; } class Sq extends Shape { constructor(private s: number) { super(); } area() { return this.s ** 2; } } type Keys<T> = { [K in keyof T as Capitalize<string & K>]: T[K] }; const ks: Keys<{ a: number }> = { A: new Sq(3).area() }; ks",
    "{ A: 9 }",
  ],
  "import() of anything": [
    'const [path, conf] = [await import("node:path"), await import("./package.json")]; [typeof path.join, conf.default.name]',
    "[ 'function', 'tickbook' ]",
  ],
  "optional chaining, ??=, numeric separators, BigInt, private in": [
    "let o: { a?: { b: number } } = {}; o.a ??= { b: 1_000 }; class Q { #x = 1; static has(v: object) { return #x in v; } } [o.a?.b, 2n ** 64n, Q.has(new Q())]",
    "[ 1000, 18446744073709551616n, true ]",
  ],
};

/** Mistakes that TypeScript must find, in the cell or across cells. */
const refused: Readonly<Record<string, readonly [code: string, words: RegExp]>> = {
  "an argument of a wrong type": [
    '"a".repeat("2")',
    /Argument of type 'string' is not assignable to parameter of type 'number'/,
  ],
  "a property that is not there": ["[1].toSortd()", /Property 'toSortd' does not exist/],
  "a wrong type for a variable of an earlier cell": [
    'earlier = "x"',
    /Type 'string' is not assignable to type 'number'/,
  ],
  "a value for a constant of an earlier cell": [
    "constant = 2",
    /Cannot assign to 'constant' because it is a constant/,
  ],
  NoInfer: ["pick(['a'], 'b')", /"b"/],
  "a parenthesis that is missing": ["(1 + 2", /'\)' expected/],
};

describe("the language of cells", { timeout: 120_000 }, () => {
  let kernel: TestKernel;
  before(async () => {
    kernel = await startKernel();
    await kernel.run("let earlier = 1; const constant = 1;");
  });
  after(() => kernel.stop());
  const shown = ({ messages }: KernelRun): string =>
    printedIn(messages, messages.findLast(({ type }) => type === "execute_reply")!.run!).trim();

  for (const [what, [code, wanted]] of Object.entries(runs)) {
    it(`has ${what}`, async () => {
      const run = await kernel.run(code);
      assert.equal(run.reply.status, "ok", run.reply.evalue);
      assert.equal(shown(run), wanted);
    });
  }
  for (const [what, [code, words]] of Object.entries(refused)) {
    it(`refuses ${what} before it runs`, async () => {
      const { reply } = await kernel.run(code);
      assert.equal(reply.ename, "TypeScript");
      assert.match(reply.evalue, words);
    });
  }
});
