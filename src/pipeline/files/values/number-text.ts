import type { DecimalMark } from "../asking.ts";

/** A number's text in plain form, and what it proves of the file's way of writing numbers. */
export interface NumberText {
  /** `-?digits[.digits]`, every digit kept. */
  readonly plain: string;
  /** The decimal mark that this text can't be read without; undefined: it has none, or could have either. */
  readonly proves: DecimalMark | undefined;
  /** Its one mark may be either: `1.234` is a little above 1 or above 1,000. */
  readonly isOpen: boolean;
}

const CURRENCY = /^([+-]?)\s*(?:US\$|[$€£¥₹₩₽₿])\s*|\s*[$€£¥₹₩₽₿]$/g;
const SPACES = /[ \u00a0\u2009\u202f'\u2019]/g;

/** Whether a text is `-?digits[.digits]` without a zero too many: a number that every reader reads alike, save for the point. */
export function isPlainNumber(text: string): boolean {
  const { length } = text;
  const start = text.charCodeAt(0) === 45 ? 1 : 0;
  let point = length;
  for (let i = start; i < length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 48 && c <= 57) continue;
    if (c !== 46 || point < length || i === start) return false;
    point = i;
  }
  if (start === length || point === length - 1) return false;
  return text.charCodeAt(start) !== 48 || point === start + 1;
}

const TENS = Array.from({ length: 16 }, (_, k) => 10 ** k);

/**
 * `Number(text)` of the commonest form, `digits[.digits]` of at most 15 digits without a zero too many, in one look; NaN: it is
 * another form. Both parts of the quotient are exact, and so it is rounded once, as `Number` rounds.
 */
export function shortNumber(text: string): number {
  const { length } = text;
  if (length === 0 || length > 16) return Number.NaN;
  let [digits, point] = [0, -1];
  for (let i = 0; i < length; i++) {
    const c = text.charCodeAt(i) - 48;
    if (c >= 0 && c <= 9) digits = digits * 10 + c;
    else if (c === -2 && point < 0 && i > 0) point = i;
    else return Number.NaN;
  }
  if (point < 0) return length === 16 || (length > 1 && text.charCodeAt(0) === 48) ? Number.NaN : digits;
  if (point === length - 1 || (point > 1 && text.charCodeAt(0) === 48)) return Number.NaN;
  return digits / TENS[length - point - 1]!;
}

/** Words that stand for no value. */
export function isMissing(text: string): boolean {
  if (text === "") return true;
  const first = text.charCodeAt(0);
  // most cells begin with a digit
  if (first >= 48 && first <= 57) return false;
  return /^(nan|-nan|null|none|na|n\/a|#n\/a|<na>|nil|-|--|\.|\?)$/i.test(text);
}

/**
 * Reads a number from its text alone. `mark` is how the file writes decimals, as far as it is known; a mark that could be
 * either is taken for it, or for the point. Undefined: no number.
 */
export function numberText(text: string, mark: DecimalMark | undefined): NumberText | undefined {
  const bare = text.replace(CURRENCY, "$1");
  const match = /^([+-]?)([\d.,\s\u00a0\u2009\u202f'\u2019]+)(?:[eE]([+-]?\d{1,3}))?$/.exec(bare);
  if (match === null) return undefined;
  const [, sign, body, exponent] = match as unknown as [string, string, string, string?];
  const read = readBody(body, mark);
  if (read === undefined) return undefined;
  const { whole, decimals, proves, isOpen } = read;
  if (whole.length > 1 && whole.startsWith("0")) return undefined;
  const shifted = exponent === undefined ? [whole, decimals] : shift(whole, decimals, Number(exponent));
  const digits = shifted[1] === "" ? shifted[0]! : `${shifted[0]}.${shifted[1]}`;
  return { plain: sign === "-" ? `-${digits}` : digits, proves, isOpen };
}

interface Body {
  readonly whole: string;
  readonly decimals: string;
  readonly proves: DecimalMark | undefined;
  readonly isOpen: boolean;
}

function readBody(text: string, mark: DecimalMark | undefined): Body | undefined {
  const spaces = new Set(text.match(SPACES) ?? []);
  if (spaces.size > 1) return undefined;
  const point = text.lastIndexOf(".");
  const comma = text.lastIndexOf(",");
  if (point < 0 && comma < 0) {
    if (spaces.size === 1 && !/^\d{1,3}(?:[^\d]\d{3})+$/.test(text)) return undefined;
    return { whole: text.replace(SPACES, ""), decimals: "", proves: undefined, isOpen: false };
  }
  const last = Math.max(point, comma);
  const own: DecimalMark = last === point ? "." : ",";
  const count = text.split(own).length - 1;
  const hasBoth = point >= 0 && comma >= 0;
  if (count > 1) {
    // repeated: it groups, and the other one is the decimal mark
    if (hasBoth || spaces.size > 0 || !/^[1-9]\d{0,2}(?:[.,]\d{3})+$/.test(text)) return undefined;
    return grouped(text, own === "." ? "," : ".", mark);
  }
  const front = text.slice(0, last);
  const decimals = text.slice(last + 1);
  if (hasBoth || spaces.size === 1) {
    if (!/^[1-9]\d{0,2}(?:[^\d]\d{3})+$/.test(front) || !/^\d*$/.test(decimals)) return undefined;
    if (hasBoth && spaces.size === 1) return undefined;
    const whole = front.replace(/\D/g, "");
    return clash(own, mark) ? undefined : { whole, decimals, proves: own, isOpen: false };
  }
  if (!/^\d*$/.test(front) || !/^\d*$/.test(decimals) || front + decimals === "") return undefined;
  const isOpen = /^[1-9]\d{0,2}$/.test(front) && decimals.length === 3;
  if (isOpen && mark !== undefined && mark !== own)
    return { whole: front + decimals, decimals: "", proves: undefined, isOpen };
  if (!isOpen && clash(own, mark)) return undefined;
  return { whole: front === "" ? "0" : front, decimals, proves: isOpen ? undefined : own, isOpen };
}

function grouped(text: string, decimal: DecimalMark, mark: DecimalMark | undefined): Body | undefined {
  if (clash(decimal, mark)) return undefined;
  return { whole: text.replace(/\D/g, ""), decimals: "", proves: decimal, isOpen: false };
}

/** Whether a text needs another decimal mark than the file has. */
function clash(needed: DecimalMark, mark: DecimalMark | undefined): boolean {
  return mark !== undefined && mark !== needed;
}

/** Moves the point: `1`, `25`, 3 → `1250`. */
function shift(whole: string, decimals: string, by: number): [string, string] {
  if (by >= 0) {
    const digits = whole + decimals.padEnd(by, "0").slice(0, by);
    return [digits.replace(/^0+(?=\d)/, ""), decimals.slice(by)];
  }
  const padded = whole.padStart(1 - by, "0");
  return [padded.slice(0, by).replace(/^0+(?=\d)/, ""), padded.slice(by) + decimals];
}
