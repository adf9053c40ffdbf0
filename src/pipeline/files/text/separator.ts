import { quote } from "../../../core/errors.ts";
import { type Asking, refuseRow, type Separator, say, separatorOf as typedSeparator } from "../asking.ts";
import { fieldsOf } from "./fields.ts";

const ALL: readonly Separator[] = [";", "\t", "|", ","];

/**
 * The separator of a file by its first lines: the one that gives all of them the same number of cells, at least two.
 * Refuses lines that have none, and lines that two of them cut alike.
 */
export function separatorOf(asking: Asking, lines: readonly string[], first: number): Separator {
  const { separator } = asking.options;
  if (separator !== undefined) return typedSeparator(separator);
  // a line in front that tells something else does not count; the second one decides with the third
  const sample = lines.slice(0, 40);
  const fits = ALL.filter((one) => isTable(sample, one));
  if (fits.length === 1) return fits[0]!;
  if (fits.length > 1) {
    const clean = fits.filter((one) => cellsAreClean(sample, one));
    if (clean.length === 1) return clean[0]!;
    return refuseRow(asking, {
      code: "open-separator",
      row: first,
      need: `cells that are cut in one way; ${quote(sample[0], 60)} can be cut at ${fits.map((one) => quote(one)).join(" or ")}`,
      hint: `Pass ${say(asking, "separator", clean[0] ?? fits[0]!)} or the other.`,
    });
  }
  // ragged: the separator of the header, so that the row at fault is named
  const header = sample.map((line) => ALL.filter((one) => (fieldsOf(line, one)?.length ?? 0) > 1));
  const common = ALL.filter(
    (one) => header.filter((found) => found.includes(one)).length > sample.length / 2,
  );
  // where quotes do not close the header alone tells
  const [only, ...others] = header[0] ?? [];
  const best =
    common.find((one) => header[0]?.includes(one)) ?? common[0] ?? (others.length === 0 ? only : undefined);
  if (best !== undefined) return best;
  return refuseRow(asking, {
    code: "no-separator",
    row: first,
    need: `cells between commas, semicolons, tabs or bars; got ${quote(sample[0], 80)}`,
    hint: "See whether it is a table at all.",
  });
}

function isTable(lines: readonly string[], separator: Separator): boolean {
  const widths = lines.map((line) => fieldsOf(line, separator)?.length ?? 0);
  return widths[0]! > 1 && widths.every((width) => width === widths[0]);
}

/** No cell would be cut by another separator, save for a decimal comma. */
function cellsAreClean(lines: readonly string[], separator: Separator): boolean {
  return lines.every((line) =>
    (fieldsOf(line, separator) ?? []).every((cell) =>
      ALL.every(
        (other) =>
          other === separator ||
          !cell.includes(other) ||
          (other === "," && /^\D{0,4}[\d.\s]*,\d+\D{0,4}$/.test(cell)),
      ),
    ),
  );
}
