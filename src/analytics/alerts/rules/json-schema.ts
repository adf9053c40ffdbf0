import {
  CONDITION_FIELDS,
  DURATION,
  type Field,
  LABEL_NAME,
  LONGEST_LABEL,
  MOST_CONDITIONS,
  MOST_LABELS,
  MOST_RULES,
  RULE_FIELDS,
} from "./fields.ts";

type Json = Readonly<Record<string, unknown>>;

/** The JSON Schema (draft 2020-12) of a rule file, made from `RULE_FIELDS`: for editors. `checkRules` knows more. */
export function rulesSchema(): Json {
  const isOfCondition = (name: string): boolean => (CONDITION_FIELDS as readonly string[]).includes(name);
  const entries = Object.entries(RULE_FIELDS);
  const own = entries.filter(([name]) => !isOfCondition(name));
  const ofCondition = entries.filter(([name]) => isOfCondition(name));
  const required = (some: typeof entries): string[] =>
    some.filter(([, field]) => field.required).map(([name]) => name);
  const properties = (some: typeof entries): Json =>
    Object.fromEntries(
      some.map(([name, field]) => [name, { description: describe(field), ...typeOf(field) }]),
    );
  const absent = Object.fromEntries(ofCondition.map(([name]) => [name, false]));
  const rule = {
    type: "object",
    additionalProperties: false,
    required: required(own),
    properties: properties(entries),
    allOf: [
      { oneOf: [{ required: ["symbol"] }, { required: ["pair"] }] },
      {
        oneOf: [
          { required: required(ofCondition), properties: { all: false, any: false, leg: false } },
          { required: ["all"], properties: { ...absent, any: false } },
          { required: ["any"], properties: { ...absent, all: false } },
        ],
      },
    ],
  };
  const condition = {
    type: "object",
    additionalProperties: false,
    required: required(ofCondition),
    properties: properties(ofCondition),
  };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Tickbook alert rules",
    type: "object",
    additionalProperties: false,
    required: ["rules"],
    properties: {
      $schema: { type: "string" },
      perHour: {
        description: "messages of all rules together within an hour; otherwise: 200",
        type: "integer",
        minimum: 1,
        maximum: 100_000,
      },
      rules: { type: "array", minItems: 1, maxItems: MOST_RULES, items: { $ref: "#/$defs/rule" } },
    },
    $defs: { rule, condition },
  };
}

function describe({ about, otherwise }: Field): string {
  return otherwise === undefined ? about : `${about}; otherwise: ${otherwise}`;
}

const SYMBOL = { type: "string", minLength: 1, maxLength: 50 };
const PAIR = { type: "array", items: SYMBOL, minItems: 2, maxItems: 2 };

function typeOf(field: Field): Json {
  switch (field.kind) {
    case "text":
      return { type: "string", minLength: 1, maxLength: field.most };
    case "words":
      return { enum: field.words };
    case "number":
      return { type: "number" };
    case "whole":
      return { type: "integer", minimum: field.least, maximum: field.most };
    case "boolean":
      return { type: "boolean" };
    case "interval":
    case "duration":
      return { type: "string", pattern: DURATION.source };
    case "symbols":
      return { anyOf: [SYMBOL, { type: "array", items: SYMBOL, minItems: 1 }] };
    case "pairs":
      return { anyOf: [PAIR, { type: "array", items: PAIR, minItems: 1 }] };
    case "conditions":
      return { type: "array", minItems: 1, maxItems: MOST_CONDITIONS, items: { $ref: "#/$defs/condition" } };
    case "labels":
      return {
        type: "object",
        maxProperties: MOST_LABELS,
        propertyNames: { pattern: LABEL_NAME.source },
        additionalProperties: { type: "string", maxLength: LONGEST_LABEL },
      };
  }
}
