import type { Separator } from "../asking.ts";

/**
 * The cells of a line of CSV (RFC 4180, within one line), without the blanks around them; undefined: its quotes do not
 * close, or something stands beside them.
 */
export function fieldsOf(line: string, separator: Separator): string[] | undefined {
  if (line.includes('"')) return quotedFields(line, separator);
  const cells = line.split(separator);
  if (line.includes(" ")) for (let i = 0; i < cells.length; i++) cells[i] = cells[i]!.trim();
  return cells;
}

function quotedFields(line: string, separator: Separator): string[] | undefined {
  const cells: string[] = [];
  for (let i = 0; i <= line.length; ) {
    while (line[i] === " ") i++;
    if (line[i] !== '"') {
      const end = line.indexOf(separator, i);
      const cell = line.slice(i, end < 0 ? line.length : end).trim();
      if (cell.includes('"')) return undefined;
      cells.push(cell);
      i = end < 0 ? line.length + 1 : end + 1;
      continue;
    }
    let text = "";
    for (i++; ; ) {
      const end = line.indexOf('"', i);
      if (end < 0) return undefined;
      text += line.slice(i, end);
      i = end + 1;
      if (line[i] !== '"') break;
      text += '"';
      i++;
    }
    while (line[i] === " ") i++;
    if (i < line.length && line[i] !== separator) return undefined;
    cells.push(text.trim());
    i++;
  }
  return cells;
}
