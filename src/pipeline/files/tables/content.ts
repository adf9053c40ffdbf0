import { createHash } from "node:crypto";
import { createGunzip, createZstdDecompress, gunzipSync, zstdDecompressSync } from "node:zlib";
import { refuse } from "../../../core/errors.ts";
import type { OpenFile } from "./open-file.ts";
import { section } from "./open-file.ts";
import { bomb, inflating, MOST_RATIO, openZip, SMALL, throughStream, type ZipEntry } from "./zip.ts";

export type Form = "text" | "json" | "parquet" | "feather" | "sqlite";

/** What a file holds, unpacked. */
export interface Content {
  readonly form: Form;
  /** Of a zip: the name of the file in it. */
  readonly entry: string | undefined;
  /** How it is packed. */
  readonly packing: "zip" | "gz" | "zst" | undefined;
  /** Of the text, unpacked, as far as that is known before. */
  readonly bytes: number;
  read(): AsyncGenerator<Uint8Array>;
  readSync(): Uint8Array;
}

/** Looks into a file: its first bytes tell what it is, and its name what kind of text. */
export function contentOf(file: OpenFile): Content {
  const { name } = file;
  const head = file.read(0, 16);
  const magic = head.toString("latin1");
  if (magic.startsWith("PK\u0003\u0004") || /\.zip$/i.test(name)) return zipped(file);
  if (magic.startsWith("\u001f\u008b")) return packed(file, "gz");
  if (magic.startsWith("\u0028\u00b5\u002f\u00fd")) return packed(file, "zst");
  if (/\.gz$/i.test(name)) return foreign(name, "no gzip file, whatever its name says");
  const form = formOf(name, magic);
  return {
    form,
    entry: undefined,
    packing: undefined,
    bytes: file.size,
    read: async function* () {
      yield* section(file);
    },
    readSync: () => file.read(0, file.size),
  };
}

const FOREIGN: readonly (readonly [magic: string, what: string])[] = [
  ["BZh", "a bzip2 archive"],
  ["\u00fd7zXZ", "an xz archive"],
  ["7z\u00bc\u00af", "a 7-zip archive"],
  ["\u0089HDF", "an HDF5 file"],
  ["%PDF", "a PDF"],
  ["\u00d0\u00cf\u0011\u00e0", "an old workbook of a spreadsheet"],
  ["Obj\u0001", "an Avro file"],
  ["ORC", "an ORC file"],
];

function formOf(name: string, magic: string): Form {
  if (magic.startsWith("PAR1")) return "parquet";
  if (magic.startsWith("ARROW1")) return "feather";
  if (magic.startsWith("SQLite format 3")) return "sqlite";
  if (magic.startsWith("\u00ff\u00ff\u00ff\u00ff") && /\.(feather|arrow|ipc)s?$/i.test(name))
    return "feather";
  for (const [start, what] of FOREIGN) if (magic.startsWith(start)) return foreign(name, what);
  if (/\.parquet$/i.test(name)) return foreign(name, "no Parquet file, whatever its name says");
  if (/\.(feather|arrow)$/i.test(name)) return foreign(name, "no Feather file, whatever its name says");
  if (/\.(db|sqlite|sqlite3)$/i.test(name))
    return foreign(name, "no SQLite database, whatever its name says");
  if (/\.(xlsx?|ods|pdf|h5|hdf5|pkl|docx?)$/i.test(name))
    return foreign(name, "no table of text, as its name says");
  if (/^\s*<(!doctype|html)/i.test(magic)) return foreign(name, "a web page");
  if (/\.(json|jsonl|ndjson)(\.\w+)?$/i.test(name) || /^\s*(\{"|\[\s*[[{])/.test(magic)) return "json";
  return "text";
}

function foreign(name: string, what: string): never {
  return refuse({
    code: "unknown-file",
    where: name,
    problem: `needs CSV, JSON, Parquet, Feather or SQLite, or a zip or gz of text; this is ${what}`,
    hint: "Unpack it, or save it as CSV.",
  });
}

function zipped(file: OpenFile): Content {
  const entry: ZipEntry = openZip(file);
  return {
    form: formOf(entry.name, ""),
    entry: entry.name,
    packing: "zip",
    bytes: entry.bytes,
    read: entry.read,
    readSync: entry.readSync,
  };
}

function packed(file: OpenFile, packing: "gz" | "zst"): Content {
  const { name, size } = file;
  const inner = name.replace(/\.(gz|zst|zstd)$/i, "");
  const most = Math.max(SMALL, size * MOST_RATIO);
  return {
    form: formOf(inner, ""),
    entry: undefined,
    packing,
    bytes: size * 4,
    read: async function* () {
      let bytes = 0;
      const stream = packing === "gz" ? createGunzip() : createZstdDecompress();
      for await (const chunk of throughStream(section(file), stream, name)) {
        bytes += chunk.length;
        if (bytes > most) bomb(name, name, bytes, size);
        yield chunk;
      }
    },
    readSync: () => {
      const raw = file.read(0, size);
      const options = { maxOutputLength: most };
      return inflating(name, () =>
        packing === "gz" ? gunzipSync(raw, options) : zstdDecompressSync(raw, options),
      );
    },
  };
}

/** SHA-256 of a file as it lies there. */
export function digest(file: OpenFile): string {
  const hash = createHash("sha256");
  for (const chunk of section(file)) hash.update(chunk);
  return hash.digest("hex");
}
