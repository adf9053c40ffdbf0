import { parseArgs } from "node:util";
import { quote, type Refusal, refuse, TickbookError } from "../../core/errors.ts";
import { isDeskAddress } from "../../pipeline/desk/wire/address.ts";
import { parseUtcText } from "../../pipeline/import/time-text.ts";

/** A flag of a command: `value` names what it takes (none: a switch). */
export interface Flag {
  readonly value?: string;
  readonly help: string;
  readonly default?: string;
}

export interface Command<Name extends string> {
  /** As a user types it: `npm run collect --`. */
  readonly usage: string;
  readonly about: string;
  /** What it takes besides flags, for example `FILE …`; nothing unless told. */
  readonly operands?: string;
  readonly flags: Readonly<Record<Name, Flag>>;
  /** Flags that have another name now. */
  readonly renamed?: Readonly<Record<string, NoInfer<Name>>>;
}

/** What was given, or the default; switches are "true" or absent. */
export type Flags<Name extends string> = Readonly<Partial<Record<Name, string>>>;

/** Reads a command line. Undefined: help was asked for, and `print` has had it. */
export function readFlags<Name extends string>(
  command: Command<Name>,
  argv: readonly string[],
  print: (text: string) => void,
): Flags<Name> | undefined {
  const names = Object.keys(command.flags) as Name[];
  const { values } = parse(command, argv);
  if (values.help === true) {
    print(helpText(command));
    return undefined;
  }
  return Object.fromEntries(
    names.flatMap((name) => {
      const given = values[name];
      const text = given === true ? "true" : (given ?? command.flags[name].default);
      return text === undefined ? [] : [[name, text]];
    }),
  ) as Flags<Name>;
}

/** What a command line holds besides flags. */
export function readOperands<Name extends string>(command: Command<Name>, argv: readonly string[]): string[] {
  return parse(command, argv).operands;
}

function parse<Name extends string>(
  command: Command<Name>,
  argv: readonly string[],
): { values: Record<string, unknown>; operands: string[] } {
  refuseRenamed(command, argv);
  const names = Object.keys(command.flags) as Name[];
  const options = Object.fromEntries(
    names.map((name) => [name, { type: command.flags[name].value === undefined ? "boolean" : "string" }]),
  ) as Record<string, { type: "boolean" | "string" }>;
  try {
    const { values, positionals, tokens } = parseArgs({
      tokens: true,
      args: withNumbers(argv, (name) => options[name]?.type === "string"),
      options: { ...options, help: { type: "boolean", short: "h" } },
      allowPositionals: command.operands !== undefined,
    });
    requireOnce(tokens);
    for (const name of names)
      if (command.flags[name].value === "FILE" && name !== "source")
        requireFile(`--${name}`, (values as Record<string, unknown>)[name]);
    return { values, operands: positionals };
  } catch (error) {
    if (error instanceof TickbookError) throw error;
    const message = (error as Error).message.split(/\.\s/)[0]!.replace(/\.$/, "");
    return refuse({
      code: "bad-flag",
      where: command.usage,
      problem: `needs flags that it knows; ${message}`,
      hint: "See --help.",
    });
  }
}

/** Refuses the address of a desk's server where a file of this machine is meant: it would be taken for a path. */
export function requireFile(where: string, value: unknown): void {
  if (!isDeskAddress(value)) return;
  refuse({
    code: "bad-flag",
    where,
    problem: `needs a file of this machine; got the address ${quote(value, 120)}`,
    hint: "A server is read with --source by doctor, watch, report and export, and filled by npm run publish.",
  });
}

/** One flag with two values can mean either. */
function requireOnce(
  tokens: readonly { readonly kind: string; readonly name?: string; readonly value?: unknown }[],
): void {
  const seen = new Map<string, unknown>();
  for (const { kind, name, value } of tokens) {
    if (kind !== "option" || name === undefined) continue;
    if (seen.has(name) && seen.get(name) !== value) {
      refuse({
        code: "bad-flag",
        where: `--${name}`,
        problem: `needs one value; got ${quote(seen.get(name), 60)} and ${quote(value, 60)}`,
        hint: "Leave one out.",
      });
    }
    seen.set(name, value);
  }
}

function refuseRenamed({ renamed = {} }: Command<string>, argv: readonly string[]): void {
  for (const [old, now] of Object.entries(renamed)) {
    const at = argv.findIndex((arg) => arg === `--${old}` || arg.startsWith(`--${old}=`));
    if (at < 0) continue;
    const value = argv[at]!.includes("=") ? argv[at]!.split("=")[1]! : (argv[at + 1] ?? "");
    refuse({
      code: "renamed",
      where: `--${old}`,
      problem: `is called --${now} now; got ${quote(value, 120)}`,
      hint: `Write --${now} ${value}`.trimEnd(),
      facts: { old, now },
    });
  }
}

/** Does the work of a command; what it refuses about a setting is told by the flag that was typed. */
export function byFlags<Result>(command: Command<string>, work: () => Result): Result {
  const told = (error: unknown): never => {
    if (!(error instanceof TickbookError) || !Object.hasOwn(command.flags, error.where)) throw error;
    throw new TickbookError({ ...refusalOf(error), where: `--${error.where}` }, { cause: error });
  };
  try {
    const result = work();
    return result instanceof Promise ? (result.catch(told) as Result) : result;
  } catch (error) {
    return told(error);
  }
}

function refusalOf({ code, where, problem, hint, facts }: TickbookError): Refusal {
  return { code, where, problem, hint, facts };
}

/** `--exit -0.5` → `--exit=-0.5`: a number below 0 is a value, and no flag. */
function withNumbers(argv: readonly string[], takesValue: (name: string) => boolean): string[] {
  const out: string[] = [];
  for (const arg of argv) {
    const last = out.at(-1) ?? "";
    if (/^-[\d.]/.test(arg) && last.startsWith("--") && takesValue(last.slice(2)))
      out[out.length - 1] = `${last}=${arg}`;
    else out.push(arg);
  }
  return out;
}

function helpText<Name extends string>({ usage, about, operands, flags }: Command<Name>): string {
  const rows = (Object.entries(flags) as [Name, Flag][]).map(([name, flag]) => [
    `  --${name}${flag.value === undefined ? "" : ` ${flag.value}`}`,
    flag.default === undefined ? flag.help : `${flag.help} (${flag.default})`,
  ]);
  rows.push(["  --help", "this text"]);
  const width = Math.max(...rows.map(([left]) => left!.length)) + 2;
  return [
    `${usage} ${operands === undefined ? "" : `${operands} `}[flags]`,
    about,
    "",
    ...rows.map(([left, right]) => left!.padEnd(width) + right),
  ].join("\n");
}

/** A number within bounds, from a flag. */
export function numberFlag(name: string, text: string, low: number, high: number, whole = true): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= low && value <= high && (!whole || Number.isInteger(value)))
    return value;
  refuse({
    code: "bad-flag",
    where: `--${name}`,
    problem: `needs a ${whole ? "whole " : ""}number from ${low} to ${high}; got ${quote(text)}`,
    hint: "See --help.",
    facts: { got: text },
  });
}

/** Microseconds since 1970, from a flag; UTC unless it names an offset. */
export function timeFlag(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const us = parseUtcText(text);
  if (us !== undefined) return us;
  return refuse({
    code: "bad-flag",
    where: `--${name}`,
    problem: `needs a UTC time; got ${quote(text, 60)}`,
    hint: "Pass for example 2026-01-31 or 2026-01-31T12:00.",
    facts: { got: text },
  });
}

/** `A,B` → its parts, each once. */
export function listFlag(text: string): string[] {
  return [...new Set(text.split(",").map((part) => part.trim()))];
}
