import { crc32, createInflateRaw, inflateRawSync } from "node:zlib";
import { quote, refuse } from "../../../core/errors.ts";
import { type OpenFile, section } from "./open-file.ts";

/** The one file with data inside a zip archive. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: number;
  /** Its content; ends with a refusal where size or check sum are not what the archive says. */
  read(): AsyncGenerator<Uint8Array>;
  /** The same at once. */
  readSync(): Uint8Array;
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const END_64_LOCATOR = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** Deflate can reach 1032; text of numbers stays below 20. */
export const MOST_RATIO: number = 200;
/** What systems put beside the files of a folder, and folders themselves: no data. */
const BESIDE = /^__MACOSX\/|(?:^|\/)(?:\.DS_Store|Thumbs\.db|desktop\.ini)$|[^/\\]\/$/;
/** Below this size nothing is a bomb. */
export const SMALL: number = 1 << 20;
const MOST_NAME = 255;
const MOST_ENTRIES = 64;

/**
 * Opens a zip archive that holds one file, stored or deflated, with a plain name: no folder, nothing encrypted. A text
 * beside a table, as some vendors add, is passed over. Sizes of 4 GiB and more are read, too. Nothing is unpacked to disk.
 */
export function openZip(file: OpenFile): ZipEntry {
  const { name: where, size } = file;
  const read = (at: number, length: number, what: string): Buffer => {
    if (at < 0 || at + length > size) return damaged(where, `${what} lies outside the file`);
    const bytes = file.read(at, length);
    return bytes.length === length ? bytes : damaged(where, `${what} could not be read`);
  };
  const directory = findDirectory(size, read, where);
  const entries = listed(directory, read, where).filter(({ name }) => !BESIDE.test(name));
  const tables = entries.filter(({ name }) => /\.(csv|tsv)$/i.test(name));
  const notes = entries.length - tables.length;
  const chosen = entries.length === 1 ? entries[0] : tables.length === 1 && notes < 3 ? tables[0] : undefined;
  if (chosen === undefined) {
    const isBook = entries.some(({ name }) => /^(xl|word)\//.test(name));
    return refuse({
      code: "zip-entries",
      where,
      problem: isBook
        ? "needs a table of text; this is a workbook of a spreadsheet"
        : `needs a zip with exactly one file of data; it holds ${entries.length}`,
      hint: isBook ? "Save the sheet as CSV." : "Unpack it, and take the files one by one.",
      facts: { entries: entries.length },
    });
  }
  const { head, extra, name } = chosen;
  checkName(name, where);
  const flags = head.readUInt16LE(8);
  const method = head.readUInt16LE(10);
  if ((flags & 1) !== 0 || (method !== 0 && method !== 8)) {
    refuse({
      code: "zip-method",
      where,
      problem: `needs a file that is stored or deflated, and not encrypted; ${quote(name)} has method ${method}, flags ${flags}`,
      hint: "Unpack it with another program, and take the CSV.",
      facts: { method, flags },
    });
  }
  const { packed, bytes, at } = sizesOf(head, extra, where);
  if (bytes > SMALL && bytes > packed * MOST_RATIO) bomb(where, name, bytes, packed);
  const local = read(at, 30, "the file's head");
  if (local.readUInt32LE(0) !== LOCAL) damaged(where, "the file's head is none");
  const start = at + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  if (start + packed > directory.at) damaged(where, "the file's content overlaps the directory");
  const content: Content = { start, packed, bytes, method, crc: head.readUInt32LE(16) };
  return { name, bytes, read: () => unpack(file, content), readSync: () => unpackSync(file, content) };
}

export function bomb(where: string, name: string, bytes: number, packed: number): never {
  return refuse({
    code: "zip-bomb",
    where,
    problem: `needs a file that unpacks to at most ${MOST_RATIO} times its size; ${quote(name)} says ${bytes} bytes from ${packed}`,
    hint: "This is no file of trades; leave it.",
    facts: { bytes, packed },
  });
}

type Read = (at: number, length: number, what: string) => Buffer;

interface Directory {
  readonly at: number;
  readonly entries: number;
}

interface Listed {
  readonly head: Buffer;
  readonly name: string;
  readonly extra: Buffer;
}

function listed({ at: from, entries }: Directory, read: Read, where: string): Listed[] {
  if (entries === 0 || entries > MOST_ENTRIES) {
    return refuse({
      code: "zip-entries",
      where,
      problem: `needs a zip with exactly one file of data; it holds ${entries}`,
      hint: "Unpack it, and take the files one by one.",
      facts: { entries },
    });
  }
  const found: Listed[] = [];
  for (let i = 0, at = from; i < entries; i++) {
    const head = read(at, 46, "the directory");
    if (head.readUInt32LE(0) !== CENTRAL) damaged(where, "its directory is none");
    const nameLength = head.readUInt16LE(28);
    const extraLength = head.readUInt16LE(30);
    const rest = read(at + 46, nameLength + extraLength, "the directory");
    found.push({ head, name: rest.toString("utf8", 0, nameLength), extra: rest.subarray(nameLength) });
    at += 46 + nameLength + extraLength + head.readUInt16LE(32);
  }
  return found;
}

/** Where the directory begins, and how many entries it has: the archive's last record says so. */
function findDirectory(size: number, read: Read, where: string): Directory {
  const tailLength = Math.min(size, 22 + 65_535);
  const tail = read(size - tailLength, tailLength, "the end");
  let end = tailLength - 22;
  while (
    end >= 0 &&
    (tail.readUInt32LE(end) !== END || end + 22 + tail.readUInt16LE(end + 20) !== tailLength)
  )
    end--;
  if (end < 0) return damaged(where, "it has no end record: it is truncated, or no zip");
  const entries = tail.readUInt16LE(end + 10);
  const at = tail.readUInt32LE(end + 16);
  if (entries !== 0xffff && at !== 0xffffffff) return { at, entries };
  const locator = read(size - tailLength + end - 20, 20, "the end");
  if (locator.readUInt32LE(0) !== END_64_LOCATOR) return damaged(where, "its end record is none");
  const record = read(whole(locator, 8, where), 56, "the end");
  if (record.readUInt32LE(0) !== END_64) return damaged(where, "its end record is none");
  return { at: whole(record, 48, where), entries: whole(record, 32, where) };
}

/** Sizes and place of an entry; where they do not fit into 32 bits, from its extra field. */
function sizesOf(head: Buffer, extra: Buffer, where: string): { packed: number; bytes: number; at: number } {
  let packed = head.readUInt32LE(20);
  let bytes = head.readUInt32LE(24);
  let at = head.readUInt32LE(42);
  for (let i = 0; i + 4 <= extra.length; i += 4 + extra.readUInt16LE(i + 2)) {
    if (extra.readUInt16LE(i) !== 1) continue;
    let next = i + 4;
    const wide = (value: number): number => {
      if (value !== 0xffffffff) return value;
      if (next + 8 > extra.length) return damaged(where, "its sizes are not there");
      next += 8;
      return whole(extra, next - 8, where);
    };
    bytes = wide(bytes);
    packed = wide(packed);
    at = wide(at);
  }
  return { packed, bytes, at };
}

function whole(bytes: Buffer, at: number, where: string): number {
  const value = bytes.readBigUInt64LE(at);
  return value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : damaged(where, "it says an impossible size");
}

function checkName(name: string, where: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters have no place in a file's name
  if (name.length > 0 && name.length <= MOST_NAME && !/[/\\:\u0000-\u001f\u007f]|^\.\.?$/.test(name)) return;
  refuse({
    code: "zip-path",
    where,
    problem: `needs a file with a plain name inside; got ${quote(name)}`,
    hint: "Leave this file, or unpack it and look at it first.",
    facts: { name },
  });
}

interface Content {
  readonly start: number;
  readonly packed: number;
  readonly bytes: number;
  readonly method: number;
  readonly crc: number;
}

function checker(where: string, { bytes, crc }: Content) {
  let sum = 0;
  let length = 0;
  return {
    take: (chunk: Uint8Array): Uint8Array => {
      length += chunk.length;
      if (length > bytes) damaged(where, `its file is longer than the ${bytes} bytes that it says`);
      sum = crc32(chunk, sum);
      return chunk;
    },
    end: (): void => {
      if (length !== bytes) damaged(where, `its file has ${length} bytes and not the ${bytes} that it says`);
      if (sum >>> 0 !== crc) damaged(where, "its file's check sum (CRC-32) is another one");
    },
  };
}

async function* unpack(file: OpenFile, content: Content): AsyncGenerator<Uint8Array> {
  const { start, packed, method } = content;
  const check = checker(file.name, content);
  const parts = section(file, start, packed);
  if (method === 0) for (const chunk of parts) yield check.take(chunk);
  else for await (const chunk of throughStream(parts, createInflateRaw(), file.name)) yield check.take(chunk);
  check.end();
}

function unpackSync(file: OpenFile, content: Content): Uint8Array {
  const { start, packed, bytes, method } = content;
  const check = checker(file.name, content);
  const raw = file.read(start, packed);
  const text =
    method === 0
      ? raw
      : inflating(file.name, () => inflateRawSync(raw, { maxOutputLength: Math.max(1, bytes) }));
  check.take(text);
  check.end();
  return text;
}

/** Runs what unpacks; what it can't is told in a sentence. */
export function inflating(where: string, run: () => Buffer): Buffer {
  try {
    return run();
  } catch (error) {
    const code = (error as { code?: string }).code ?? "";
    if (code.startsWith("Z_") || code === "ERR_BUFFER_TOO_LARGE")
      return damaged(where, `its file can't be unpacked (${code})`);
    throw error;
  }
}

/** Chunks through a stream that unpacks them, no faster than they are taken. */
export async function* throughStream(
  parts: Iterable<Uint8Array>,
  stream: import("node:stream").Duplex,
  where: string,
): AsyncGenerator<Uint8Array> {
  const feed = async (): Promise<void> => {
    for (const chunk of parts) {
      if (stream.destroyed) return;
      if (!stream.write(chunk)) {
        await new Promise<void>((go) => {
          const done = (): void => {
            stream.off("drain", done);
            stream.off("close", done);
            go();
          };
          stream.once("drain", done);
          stream.once("close", done);
        });
      }
    }
    stream.end();
  };
  const fed = feed().catch((error: Error) => stream.destroy(error));
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (error) {
    const code = (error as { code?: string }).code ?? "";
    if (/^(Z_|ZSTD_)/.test(code)) damaged(where, `its file can't be unpacked (${code})`);
    throw error;
  } finally {
    stream.destroy();
    await fed;
  }
}

function damaged(where: string, came: string): never {
  return refuse({
    code: "damaged-zip",
    where,
    problem: `needs a sound archive; ${came}`,
    hint: "Download it again. Nothing was taken from it.",
  });
}
