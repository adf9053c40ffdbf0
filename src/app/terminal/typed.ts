import type { Flags } from "./flags.ts";

/** Flags as they are typed. */
export function flagText(flags: Flags<string>): string {
  return Object.entries(flags)
    .map(([name, value]) =>
      value === "true" ? `--${name}` : `--${name}${value!.startsWith("-") ? "=" : " "}${shellText(value!)}`,
    )
    .join(" ");
}

/** A word for a POSIX shell. */
export function shellText(text: string): string {
  return /^[\w./:,=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
