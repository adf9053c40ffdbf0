/** Longest series of a test, in bars. */
const MOST = 100_000;

/**
 * A series in short: values with blanks between them. `2.5x3` is 2.5 for three bars, `100+1x5` are five bars from 100 on,
 * each 1 higher (`-`: lower), `_` is a bar that is missing, `_x3` are three. A sentence, where it is none.
 */
export function readSeries(text: string): number[] | string {
  const values: number[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const match = /^(?:(_)|([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)([+-]\d+(?:\.\d+)?)?)(?:x(\d{1,6}))?$/i.exec(
      word,
    );
    if (match === null) return `"${word.slice(0, 40)}" is none of 2.5, 2.5x3, 100+1x5, _ and _x3`;
    const [, missing, first, step = "0", times = "1"] = match;
    if (missing === undefined && match[3] !== undefined && match[4] === undefined)
      return `"${word.slice(0, 40)}" needs a number of bars behind it, as in 100+1x5`;
    if (values.length + Number(times) > MOST) return `it has more than ${MOST} bars`;
    for (let i = 0; i < Number(times); i++)
      values.push(missing === undefined ? round(Number(first) + i * Number(step)) : Number.NaN);
  }
  return values.length === 0 ? "it is empty" : values;
}

/** 0.1 + 2 × 0.1 is 0.3, as who writes it expects. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}
