import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { quote } from "../../../core/errors.ts";
import { badTape } from "./tape-rows.ts";

export interface TapeFile {
  readonly path: string;
  /** From `SYMBOL=PATH` or the file's name; undefined where only the lines can tell. */
  readonly symbol: string | undefined;
}

/**
 * The files that a tape consists of, in order of their names.
 * `argument` is a file, a folder (its `*_trades.csv`, or else its `*.gz`), or either after `SYMBOL=`.
 */
export async function tapeFiles(argument: string): Promise<readonly TapeFile[]> {
  const named = /^([A-Z0-9\-._]{2,50})=(.+)$/.exec(argument);
  const path = named?.[2] ?? argument;
  const info = await stat(path).catch(() => undefined);
  if (!info) badTape(path, "must be a file or a folder; got a path where nothing is", "Check the path.");
  if (!info.isDirectory()) return [{ path, symbol: named?.[1] ?? symbolOf(path) }];
  const names = (await readdir(path)).sort();
  const csv = names.filter((name) => /_trades\.csv(\.gz)?$/.test(name));
  const chosen = csv.length > 0 ? csv : names.filter((name) => name.endsWith(".gz"));
  if (chosen.length === 0) {
    badTape(
      path,
      `must hold files named *_trades.csv or *.gz; got ${names.length === 0 ? "an empty folder" : quote(names.slice(0, 3).join(", "))}`,
      "Pass the folder of a recording, or one of its files.",
    );
  }
  return chosen.map((name) => ({ path: join(path, name), symbol: named?.[1] ?? symbolOf(name) }));
}

/** `spot_BTCUSDT_trades.csv` → `BTCUSDT`. */
function symbolOf(path: string): string | undefined {
  return /(?:^|[_-])([A-Z0-9]{3,30})_trades\.csv(?:\.gz)?$/.exec(basename(path))?.[1];
}

/** What people call the tape: the folder, or the file without its endings. */
export function tapeName(argument: string): string {
  const path = argument.replace(/^[A-Z0-9\-._]{2,50}=/, "");
  return basename(resolve(path)).replace(/(\.(csv|tsv|zip|parquet|feather|jsonl?))?(\.gz)?$/, "");
}

/** That name as a part of a venue's. */
export function tapeSlug(name: string): string {
  const text = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return text.slice(0, 60) || "tape";
}
