import { createHash } from "node:crypto";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { quote, refuse } from "../../core/errors.ts";
import { openZip, section } from "./zip.ts";

/** A file to import, open and known by its check sum. */
export interface Source {
  /** Without its folder. */
  readonly name: string;
  readonly path: string;
  readonly form: "csv" | "parquet";
  readonly sha256: string;
  /** Of the text, unpacked. */
  readonly bytes: number;
  read(): AsyncGenerator<Uint8Array>;
  /** Refuses a file that has changed since it was opened. */
  checkUnchanged(): Promise<void>;
  close(): Promise<void>;
}

export interface SourceOptions {
  /** Binance's `FILE.CHECKSUM` must lie beside a zip, unless this is false; where one lies beside a file, it must agree. */
  readonly needsChecksum?: boolean;
}

/** Opens a CSV file, a zip with one, or a Parquet file; refuses one that is not what its check sum says. */
export async function openSource(
  path: string,
  { needsChecksum = true }: SourceOptions = {},
): Promise<Source> {
  const name = basename(path);
  const form = /\.(csv|txt)$/i.test(name) ? "csv" : /\.(zip|parquet)$/i.exec(name)?.[1]?.toLowerCase();
  if (form === undefined) {
    refuse({
      code: "unknown-file",
      where: name,
      problem: "needs a file that ends in .zip, .csv or .parquet",
      hint: "Rename it if it is one.",
    });
  }
  const file = await openFile(path, name);
  try {
    const { size } = await file.stat();
    if (size === 0) {
      refuse({
        code: "empty-file",
        where: name,
        problem: "needs a file with content; it is empty",
        hint: "Download it again.",
      });
    }
    const sha256 = await digest(file, size);
    await checkSum(path, name, sha256, form === "zip" && needsChecksum);
    const entry = form === "zip" ? await openZip(file, name) : undefined;
    if (entry) checkEntry(name, entry.name);
    const stamp = await stampOf(file);
    return {
      name,
      path,
      form: form === "parquet" ? "parquet" : "csv",
      sha256,
      bytes: entry?.bytes ?? size,
      read: entry ? () => entry.read() : () => section(file, 0, size),
      checkUnchanged: async () => {
        if ((await stampOf(file)) === stamp) return;
        refuse({
          code: "file-changed",
          where: name,
          problem: "needs a file that stays as it is while it is read; it has changed",
          hint: "Run the import again when it is complete.",
        });
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openFile(path: string, name: string): Promise<FileHandle> {
  try {
    const file = await open(path, "r");
    if ((await file.stat()).isFile()) return file;
    await file.close();
    throw Object.assign(new Error(), { code: "EISDIR" });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    return refuse({
      code: "no-file",
      where: name,
      problem: `needs a file that can be read; ${quote(path)} gave ${code}`,
      hint: "Check the path.",
      facts: { path, code },
    });
  }
}

async function stampOf(file: FileHandle): Promise<string> {
  const { size, mtimeNs } = await file.stat({ bigint: true });
  return `${size} ${mtimeNs}`;
}

async function digest(file: FileHandle, size: number): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of section(file, 0, size)) hash.update(chunk);
  return hash.digest("hex");
}

/** Compares with the line `<sha256>  <name>` of `FILE.CHECKSUM`. */
async function checkSum(path: string, name: string, sha256: string, isNeeded: boolean): Promise<void> {
  const text = await readFile(`${path}.CHECKSUM`, "latin1").catch(() => undefined);
  if (text === undefined) {
    if (!isNeeded) return;
    refuse({
      code: "no-checksum",
      where: name,
      problem: `needs ${name}.CHECKSUM beside it; there is none`,
      hint: "Download it, too, from the same place; or say --no-checksum.",
    });
  }
  const [, sum, of] = /^([0-9a-f]{64})\s+\*?(\S+)\s*$/i.exec(text.slice(0, 1000)) ?? [];
  if (sum === undefined || of !== name) {
    refuse({
      code: "bad-checksum",
      where: `${name}.CHECKSUM`,
      problem: `needs one line with the SHA-256 of ${quote(name)}; got ${quote(text, 100)}`,
      hint: "Download both files again. Nothing was imported.",
    });
  }
  if (sum.toLowerCase() === sha256) return;
  refuse({
    code: "checksum-mismatch",
    where: name,
    problem: `needs the content that its check sum tells; SHA-256 should be ${sum.toLowerCase()} and is ${sha256}`,
    hint: "Download both files again. Nothing was imported.",
    facts: { expected: sum.toLowerCase(), sha256 },
  });
}

/** Where both names are telling, they tell the same. */
function checkEntry(name: string, entry: string): void {
  if (/\.csv$/i.test(entry) && entry.slice(0, -4) === name.slice(0, -4)) return;
  refuse({
    code: "misnamed",
    where: name,
    problem: `needs ${quote(`${name.slice(0, -4)}.csv`)} inside; it holds ${quote(entry)}`,
    hint: "Give the zip back its own name. Nothing was imported.",
    facts: { name, entry },
  });
}
