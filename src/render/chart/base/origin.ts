import { requireColumns, requireFields, requireSequence } from "../../../core/arguments.ts";
import { refuse } from "../../../core/errors.ts";
import type { PairOrigin } from "../../../core/timed.ts";
import type { ChartOptions } from "./frame.ts";

/** A result whose values stand over times. */
export interface Drawn extends PairOrigin {
  readonly values: Float64Array;
}

/** A column of numbers, as charts took them one by one before they took results. */
export type Column = ArrayLike<number>;

/** A result with its times. Refuses what is none, a column, and one that was made without times. */
export function timed<Result extends PairOrigin>(
  where: string,
  name: string,
  given: Result | Column,
  fields: readonly (keyof Result & string)[],
  made: string,
): Result & { readonly timeUs: Float64Array } {
  if (Array.isArray(given) || ArrayBuffer.isView(given)) {
    refuse({
      code: "renamed",
      where,
      problem: `takes a result, which has its times, and then options; got a column of ${(given as unknown as Column).length}`,
      hint: `Write ${where}(${name}, options), of columns of your own ${where}({ timeUs, values, … }, options).`,
    });
  }
  const result = given as Result;
  requireFields(where, name, result, fields);
  if (result.timeUs === undefined) {
    refuse({
      code: "no-times",
      where,
      problem: `${name} needs its times; this one was made of plain columns`,
      hint: `Make it with ${made}, or pass { ...${name}, timeUs }.`,
    });
  }
  requireSequence(where, `${name}.timeUs`, result.timeUs);
  if ("values" in result) requireColumns(where, { [`${name}.values`]: result.values });
  return result as Result & { readonly timeUs: Float64Array };
}

/** What a result says of where it comes from, as options of its chart. */
export function originOptions({ venue, label, domainUs }: PairOrigin): ChartOptions {
  return {
    ...(venue !== undefined && { venue }),
    ...(label !== undefined && { note: label }),
    ...(domainUs !== undefined && { domainUs }),
  };
}
