/** A text as SQL writes it, whatever is in it. */
export function sqlText(value: string): string {
  return `'${value.replace(/[\\']/g, (sign) => `\\${sign}`).replace(/\0/g, "\\0")}'`;
}

/** A whole number as SQL writes it; anything else is a defect of ours. */
export function sqlWhole(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`no whole number: ${value}`);
  return String(value);
}
