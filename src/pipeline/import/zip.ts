import type { FileHandle } from "node:fs/promises";
import { crc32, createInflateRaw } from "node:zlib";
import { quote, refuse } from "../../core/errors.ts";

/** The one file inside a zip archive. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: number;
  /** Its content; ends with a refusal where size or check sum are not what the archive says. */
  read(): AsyncGenerator<Uint8Array>;
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const END_64_LOCATOR = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** Deflate can reach 1032; text of numbers stays below 20. */
const MOST_RATIO = 200;
const MOST_NAME = 255;

/**
 * Opens a zip archive that holds exactly one file, stored or deflated, with a plain name: no folder, nothing encrypted.
 * Sizes of 4 GiB and more are read, too. Nothing is unpacked to disk.
 */
export async function openZip(file: FileHandle, where: string): Promise<ZipEntry> {
  const { size } = await file.stat();
  const read = async (at: number, length: number, what: string): Promise<Buffer> => {
    if (at < 0 || at + length > size) return damaged(where, `${what} lies outside the file`);
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await file.read(bytes, 0, length, at);
    return bytesRead === length ? bytes : damaged(where, `${what} could not be read`);
  };

  const directory = await findDirectory(size, read, where);
  if (directory.entries !== 1) {
    refuse({
      code: "zip-entries",
      where,
      problem: `needs a zip with exactly one file; it holds ${directory.entries}`,
      hint: "Unpack it, and import the files one by one.",
      facts: { entries: directory.entries },
    });
  }
  const head = await read(directory.at, 46, "the directory");
  if (head.readUInt32LE(0) !== CENTRAL) damaged(where, "its directory is none");
  const nameLength = head.readUInt16LE(28);
  const extraLength = head.readUInt16LE(30);
  const rest = await read(directory.at + 46, nameLength + extraLength, "the directory");
  const name = rest.toString("utf8", 0, nameLength);
  checkName(name, where);
  const flags = head.readUInt16LE(8);
  const method = head.readUInt16LE(10);
  if ((flags & 1) !== 0 || (method !== 0 && method !== 8)) {
    refuse({
      code: "zip-method",
      where,
      problem: `needs a file that is stored or deflated, and not encrypted; ${quote(name)} has method ${method}, flags ${flags}`,
      hint: "Unpack it with another program, and import the CSV.",
      facts: { method, flags },
    });
  }
  const { packed, bytes, at } = sizesOf(head, rest.subarray(nameLength), where);
  if (bytes > 1 << 20 && bytes > packed * MOST_RATIO) {
    refuse({
      code: "zip-bomb",
      where,
      problem: `needs a file that unpacks to at most ${MOST_RATIO} times its size; ${quote(name)} says ${bytes} bytes from ${packed}`,
      hint: "This is no file of trades; leave it.",
      facts: { bytes, packed },
    });
  }
  const local = await read(at, 30, "the file's head");
  if (local.readUInt32LE(0) !== LOCAL) damaged(where, "the file's head is none");
  const start = at + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  if (start + packed > directory.at) damaged(where, "the file's content overlaps the directory");
  const crc = head.readUInt32LE(16);
  return { name, bytes, read: () => unpack(file, where, { start, packed, bytes, method, crc }) };
}

type Read = (at: number, length: number, what: string) => Promise<Buffer>;

/** Where the directory begins, and how many entries it has: the archive's last record says so. */
async function findDirectory(
  size: number,
  read: Read,
  where: string,
): Promise<{ at: number; entries: number }> {
  const tailLength = Math.min(size, 22 + 65_535);
  const tail = await read(size - tailLength, tailLength, "the end");
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
  const locator = await read(size - tailLength + end - 20, 20, "the end");
  if (locator.readUInt32LE(0) !== END_64_LOCATOR) return damaged(where, "its end record is none");
  const record = await read(whole(locator, 8, where), 56, "the end");
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

async function* unpack(file: FileHandle, where: string, content: Content): AsyncGenerator<Uint8Array> {
  const { start, packed, bytes, method, crc } = content;
  let sum = 0;
  let length = 0;
  const checked = (chunk: Uint8Array): Uint8Array => {
    length += chunk.length;
    if (length > bytes) damaged(where, `its file is longer than the ${bytes} bytes that it says`);
    sum = crc32(chunk, sum);
    return chunk;
  };
  if (method === 0) for await (const chunk of section(file, start, packed)) yield checked(chunk);
  else yield* inflated(file, where, start, packed, checked);
  if (length !== bytes) damaged(where, `its file has ${length} bytes and not the ${bytes} that it says`);
  if (sum >>> 0 !== crc) damaged(where, "its file's check sum (CRC-32) is another one");
}

async function* inflated(
  file: FileHandle,
  where: string,
  start: number,
  packed: number,
  checked: (chunk: Uint8Array) => Uint8Array,
): AsyncGenerator<Uint8Array> {
  const inflate = createInflateRaw();
  const feed = async (): Promise<void> => {
    for await (const chunk of section(file, start, packed)) {
      if (inflate.destroyed) return;
      if (!inflate.write(chunk)) {
        await new Promise<void>((go) => {
          inflate.once("drain", go);
          inflate.once("close", go);
        });
      }
    }
    inflate.end();
  };
  const fed = feed().catch((error: Error) => inflate.destroy(error));
  try {
    for await (const chunk of inflate) yield checked(chunk as Uint8Array);
  } catch (error) {
    const code = (error as { code?: string }).code ?? "";
    if (code.startsWith("Z_")) damaged(where, `its file can't be unpacked (${code})`);
    throw error;
  } finally {
    inflate.destroy();
    await fed;
  }
}

/** A stretch of a file, 256 KiB at a time. */
export async function* section(file: FileHandle, start: number, length: number): AsyncGenerator<Uint8Array> {
  for (let at = start; at < start + length; ) {
    const bytes = Buffer.alloc(Math.min(1 << 18, start + length - at));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield bytes.subarray(0, bytesRead);
  }
}

function damaged(where: string, came: string): never {
  return refuse({
    code: "damaged-zip",
    where,
    problem: `needs a sound zip archive; ${came}`,
    hint: "Download it again. Nothing was imported from it.",
  });
}
