import { quote } from "../../core/errors.ts";
import type { Asking } from "./asking.ts";
import type { Layout } from "./columns/layout.ts";
import type { RowReader } from "./rows/row-reader.ts";
import type { Ordering } from "./rows/series.ts";

/** What was done to a file's rows, and understood without being written in them: sentences for a person. */
export function toldOf(
  asking: Asking,
  layout: Layout,
  reader: RowReader,
  { sorted, repeats }: Ordering,
  {
    empty,
    incomplete,
    preamble,
  }: { readonly empty: number; readonly incomplete: number; readonly preamble: readonly string[] },
): string[] {
  const count = (n: number): string => n.toLocaleString("en");
  const told = [...layout.told];
  const [first] = preamble.filter((line) => !/^"?sep=/i.test(line));
  if (first !== undefined) told.push(`Passed over before the table: ${quote(first, 60)}.`);
  if (
    !reader.times.isAbsolute &&
    asking.options.tz === undefined &&
    !reader.times.isDates &&
    layout.time.offsetUs === undefined
  )
    told.push("Its times name no zone and are read as UTC.");
  if (sorted > 0) told.push("Its rows were not in order, and were sorted.");
  if (repeats > 0)
    told.push(
      repeats === 1
        ? "1 row was there twice, and counts once."
        : `${count(repeats)} rows were there twice, and count once.`,
    );
  if (empty > 0) told.push(`${count(empty)} ${empty === 1 ? "row has" : "rows have"} no price.`);
  if (incomplete > 0)
    told.push(
      `${count(incomplete)} ${incomplete === 1 ? "bar lacks" : "bars lack"} trades, as its column complete says.`,
    );
  if (reader.times.cut > 0) told.push("Its times are kept to the microsecond; what was finer is cut off.");
  return told;
}
