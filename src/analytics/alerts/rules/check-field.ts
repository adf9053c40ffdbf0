import { quote } from "../../../core/errors.ts";
import {
  DURATION,
  type FieldKind,
  LABEL_NAME,
  LONGEST_LABEL,
  LONGEST_TIME_US,
  MOST_CONDITIONS,
  MOST_LABELS,
  SYMBOL,
} from "./fields.ts";
import { placeAt } from "./json-places.ts";
import { suggest } from "./suggest.ts";
import { durationUs } from "./times.ts";

/** Takes a fault: where, what is wrong, what is allowed (without the closing full stop). */
export type FaultFinder = (place: string, problem: string, hint: string) => void;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function listWords(words: readonly string[]): string {
  return words.join(", ");
}

/** Whether a value is what its field needs; tells the finder what is not. */
export function checkField(
  find: FaultFinder,
  place: string,
  value: unknown,
  field: FieldKind,
  symbols?: readonly string[],
): boolean {
  const need = (what: string, hint: string): false => {
    find(place, `needs ${what}; got ${quote(value, 60)}`, hint);
    return false;
  };
  switch (field.kind) {
    case "text":
      if (typeof value === "string" && value.trim() !== "" && value.length <= field.most) return true;
      return need(`a text of 1 to ${field.most} letters`, "Write one in double quotes");
    case "number":
      return Number.isFinite(value) || need("a finite number", "Write for example 2 or 0.3, without quotes");
    case "whole": {
      const { least, most } = field;
      if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return true;
      return need(
        `a whole number from ${least} to ${most}`,
        `Write for example ${Math.max(least, 20)}, without quotes`,
      );
    }
    case "boolean":
      return typeof value === "boolean" || need("true or false", "Write it without quotes");
    case "words": {
      if (field.words.includes(value as string)) return true;
      const meant = typeof value === "string" ? suggest(value, field.words) : undefined;
      const one = `one of ${listWords(field.words.map((word) => `"${word}"`))}`;
      return need(one, meant === undefined ? "Write one of them" : `Did you mean "${meant}"?`);
    }
    case "interval":
    case "duration": {
      const isTime = typeof value === "string" && DURATION.test(value);
      const us = isTime ? durationUs(value) : Number.NaN;
      if (field.kind === "duration")
        return (
          us <= LONGEST_TIME_US || need("a time from 0s to 365d", 'Write for example "30s", "5m" or "1h"')
        );
      if (us >= 100_000 && us <= 86_400_000_000) return true;
      return need("the length of a bar, 100ms to 1d", 'Write for example "1s" or "5m"');
    }
    case "symbols": {
      if (value === "*") return true;
      if (!Array.isArray(value)) return checkSymbol(find, place, value, symbols);
      if (value.length === 0) return need('a symbol, a list of them, or "*"', 'Write for example "BTCUSDT"');
      return value.map((one, i) => checkSymbol(find, placeAt(place, i), one, symbols)).every(Boolean);
    }
    case "pairs": {
      const isList = Array.isArray(value) && value.length > 0;
      if (!isList)
        return need("two symbols, or a list of such pairs", 'Write for example ["ETHUSDT", "BTCUSDT"]');
      if (!value.some(Array.isArray)) return checkPair(find, place, value, symbols);
      return value.map((one, i) => checkPair(find, placeAt(place, i), one, symbols)).every(Boolean);
    }
    case "conditions": {
      const isList = Array.isArray(value) && value.length > 0 && value.length <= MOST_CONDITIONS;
      return isList || need(`a list of 1 to ${MOST_CONDITIONS} conditions`, 'Write [{"measure": …}, {…}]');
    }
    case "labels": {
      if (!isObject(value) || Object.keys(value).length > MOST_LABELS)
        return need(`an object of ${MOST_LABELS} texts at the most`, 'Write for example {"team": "desk"}');
      return Object.entries(value)
        .map(([name, text]) => checkLabel(find, placeAt(place, name), name, text))
        .every(Boolean);
    }
  }
}

function checkLabel(find: FaultFinder, place: string, name: string, text: unknown): boolean {
  if (!LABEL_NAME.test(name)) {
    find(
      place,
      `${quote(name, 60)} is no name for a label`,
      "Take letters, digits, _, . and -, 50 at the most, a letter first",
    );
    return false;
  }
  if (typeof text === "string" && text.length <= LONGEST_LABEL) return true;
  find(
    place,
    `needs a text of ${LONGEST_LABEL} letters at the most; got ${quote(text, 60)}`,
    "Write it in double quotes",
  );
  return false;
}

function checkPair(
  find: FaultFinder,
  place: string,
  value: unknown,
  symbols: readonly string[] | undefined,
): boolean {
  if (!Array.isArray(value) || value.length !== 2) {
    find(place, `needs two symbols; got ${quote(value, 60)}`, 'Write for example ["ETHUSDT", "BTCUSDT"]');
    return false;
  }
  const areSound = value.map((one, i) => checkSymbol(find, placeAt(place, i), one, symbols)).every(Boolean);
  if (!areSound || value[0] !== value[1]) return areSound;
  find(place, `needs two different symbols; got ${quote(value[0], 60)} twice`, "Change one of them");
  return false;
}

function checkSymbol(
  find: FaultFinder,
  place: string,
  value: unknown,
  symbols: readonly string[] | undefined,
): boolean {
  if (typeof value !== "string" || !SYMBOL.test(value)) {
    find(
      place,
      `needs a symbol as the exchange writes it; got ${quote(value, 60)}`,
      'Write for example "BTCUSDT"',
    );
    return false;
  }
  if (symbols === undefined || symbols.includes(value)) return true;
  const meant = suggest(value, symbols);
  const there = symbols.length === 0 ? "no symbols yet" : listWords(symbols.slice(0, 20));
  const hint = meant === undefined ? "Take one of those, or collect it" : `Did you mean "${meant}"?`;
  find(place, `${quote(value, 60)} is not in the database, which holds ${there}`, hint);
  return false;
}
