import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { quote, refuse } from "../../core/errors.ts";
import type { RunDescription } from "./run.ts";

type Kind = "text" | "texts" | "number" | "object" | "switch";
type Fields = Readonly<Record<string, Kind>>;

const KIND_WORDS: Readonly<Record<Kind, string>> = {
  text: "a text",
  texts: "a text, or two",
  number: "a number",
  object: "an object",
  switch: "true or false",
};

const WHOLE: Fields = {
  data: "object",
  strategy: "object",
  costs: "object",
  funding: "object",
  benchmark: "text",
  startCash: "number",
  performance: "object",
  title: "text",
};
const DATA: Fields = {
  source: "texts",
  venue: "text",
  y: "text",
  x: "text",
  interval: "text",
  from: "text",
  to: "text",
  bars: "number",
  tz: "text",
  dates: "text",
  decimal: "text",
  separator: "text",
  columns: "text",
  table: "text",
  query: "text",
  sessions: "switch",
};
const STRATEGY: Fields = { name: "text", settings: "object" };
const COSTS: Fields = {
  feeBps: "number",
  halfSpreadBps: "number",
  slippageBps: "number",
  financingBpsPerYear: "number",
  makerFeeBps: "number",
  makerShare: "number",
  borrowBpsPerYear: "number",
  lotStep: "number",
  minOrder: "number",
  legs: "object",
};
const FUNDING: Fields = { source: "text", every: "text" };
const PERFORMANCE: Fields = { returns: "text", riskFree: "number", tail: "number", rollingDays: "number" };

const MOST_TEXT = 1000;
const MOST_SETTINGS = 10_000;

/**
 * Whatever a file holds, as the description of a run, or a refusal: names, kinds and sizes are checked here, values where
 * they are used. What comes out is new, plain data.
 */
export function parseDescription(value: unknown, where: string): RunDescription {
  const whole = fieldsOf(value, WHOLE, where, "a description of a run");
  const data = fieldsOf(whole.data, DATA, where, "data");
  const strategy = fieldsOf(whole.strategy, STRATEGY, where, "strategy");
  for (const [of, name] of [
    [data, "y"],
    [strategy, "name"],
  ] as const) {
    if (of[name] === undefined) bad(where, `needs ${name === "y" ? "data.y" : "strategy.name"}`, of[name]);
  }
  return {
    ...whole,
    data,
    strategy: { name: strategy.name, settings: plainSettings(strategy.settings ?? {}, where) },
    costs: fieldsOf(whole.costs ?? {}, COSTS, where, "costs"),
    ...(whole.funding !== undefined && { funding: fieldsOf(whole.funding, FUNDING, where, "funding") }),
    ...(whole.performance !== undefined && {
      performance: fieldsOf(whole.performance, PERFORMANCE, where, "performance"),
    }),
  } as unknown as RunDescription;
}

/** A description from a JSON file. */
export function readDescription(path: string): RunDescription {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    refuse({
      code: "bad-config",
      where: basename(path),
      problem: `needs JSON that describes a run; got ${quote((error as Error).message)}`,
      hint: "Begin with the one that a report shows, or with flags: npm run report -- --help.",
    });
  }
  return parseDescription(value, basename(path));
}

function fieldsOf(value: unknown, fields: Fields, where: string, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return bad(where, `needs ${what} as an object`, value);
  const out: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(value)) {
    const kind = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (kind === undefined)
      return bad(where, `${what} can have ${Object.keys(fields).join(", ")}`, name, "Leave it out.");
    const isRight =
      kind === "number"
        ? typeof one === "number" && Number.isFinite(one)
        : kind === "text"
          ? typeof one === "string" && one.length <= MOST_TEXT
          : kind === "switch"
            ? typeof one === "boolean"
            : kind === "texts"
              ? [one].flat().every((part) => typeof part === "string" && part.length <= MOST_TEXT)
              : typeof one === "object" && one !== null;
    if (!isRight) return bad(where, `${what}.${name} must be ${KIND_WORDS[kind]}`, one);
    out[name] = one;
  }
  return out;
}

/** Settings of a strategy, which knows their names. */
function plainSettings(value: unknown, where: string): Record<string, unknown> {
  const text = jsonOf(value);
  if (typeof value !== "object" || value === null || Array.isArray(value) || text.length > MOST_SETTINGS)
    return bad(where, `needs strategy.settings as an object of up to ${MOST_SETTINGS} letters`, value);
  return JSON.parse(text) as Record<string, unknown>;
}

/** Nested deeper than can be written down: longer than any. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return " ".repeat(MOST_SETTINGS + 1);
  }
}

function bad(where: string, problem: string, got: unknown, hint = "See npm run report -- --help."): never {
  return refuse({
    code: "bad-description",
    where,
    problem: `${problem}; got ${quote(got, 80)}`,
    hint,
  });
}
