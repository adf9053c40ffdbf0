import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { quote, refuse } from "../../core/errors.ts";

export interface ExportResult {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

/** A file beside its place, moved into it when it is whole. */
export function writeDraft(
  path: string,
  fill: (write: (piece: string | Uint8Array) => void) => number,
): ExportResult {
  return intoPlace(path, (draft) => {
    const file = openSync(draft, "w");
    try {
      return fill((piece) => {
        if (typeof piece === "string") writeSync(file, piece);
        else writeSync(file, piece);
      });
    } finally {
      closeSync(file);
    }
  });
}

/** `make` writes the draft; what fails leaves what was there. */
export function intoPlace(path: string, make: (draft: string) => number): ExportResult {
  const draft = join(dirname(path), `.${basename(path)}.part`);
  try {
    const rows = make(draft);
    sync(draft);
    const { size: bytes } = statSync(draft);
    renameSync(draft, path);
    return { path, rows, bytes };
  } catch (error) {
    rmSync(draft, { force: true });
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!/^E[A-Z]+$/.test(code)) throw error;
    return refuse({
      code: "cannot-write",
      where: basename(path),
      problem: `needs a folder that exists and can be written to; ${quote(dirname(path))} gave ${code}`,
      hint: "Make the folder or room, or pass another --out.",
      facts: { path, code },
    });
  }
}

function sync(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
