import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { basename } from "node:path";
import { quote, refuse } from "../../../core/errors.ts";

/** A regular file, open for reading. */
export interface OpenFile {
  /** Without its folder. */
  readonly name: string;
  readonly path: string;
  readonly size: number;
  /** Up to `length` bytes from there on. */
  read(at: number, length: number): Buffer;
  /** Refuses a file that has changed since it was opened. */
  checkUnchanged(): void;
  close(): void;
}

/** Opens a file; refuses what is none, what may not be read, and what is empty. */
export function openFile(path: string): OpenFile {
  const name = basename(path);
  const fd = openRegular(path, name);
  const { size } = fstatSync(fd);
  const stamp = stampOf(fd);
  const file: OpenFile = {
    name,
    path,
    size,
    read: (at, length) => {
      const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - at)));
      let done = 0;
      while (done < bytes.length) {
        const got = readSync(fd, bytes, done, bytes.length - done, at + done);
        if (got === 0) break;
        done += got;
      }
      return bytes.subarray(0, done);
    },
    checkUnchanged: () => {
      if (stampOf(fd) === stamp) return;
      refuse({
        code: "file-changed",
        where: name,
        problem: "needs a file that stays as it is while it is read; it has changed",
        hint: "Read it again when it is complete.",
      });
    },
    close: () => closeSync(fd),
  };
  if (size > 0) return file;
  file.close();
  return refuse({
    code: "empty-file",
    where: name,
    problem: "needs a file with content; it is empty",
    hint: "Download it again.",
  });
}

function openRegular(path: string, name: string): number {
  try {
    const stat = statSync(path);
    // whoever opens a pipe waits for its writer
    if (!stat.isFile())
      throw Object.assign(new Error(), { code: stat.isDirectory() ? "a folder" : "a pipe or a device" });
    return openSync(path, "r");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "an error";
    const told: Readonly<Record<string, string>> = {
      ENOENT: "there is none",
      EACCES: "it may not be read (EACCES)",
      ELOOP: "its links lead in a circle (ELOOP)",
    };
    return refuse({
      code: "no-file",
      where: name,
      problem: `needs a file that can be read; ${quote(path)}: ${told[code] ?? `got ${code}`}`,
      hint: code === "EACCES" ? "Give yourself the right to read it." : "Check the path.",
      facts: { path, code },
    });
  }
}

function stampOf(fd: number): string {
  const { size, mtimeNs } = fstatSync(fd, { bigint: true });
  return `${size} ${mtimeNs}`;
}

/** A stretch of a file, 256 KiB at a time. */
export function* section(file: OpenFile, start = 0, length: number = file.size): Generator<Uint8Array> {
  for (let at = start; at < start + length; ) {
    const bytes = file.read(at, Math.min(1 << 18, start + length - at));
    if (bytes.length === 0) return;
    at += bytes.length;
    yield bytes;
  }
}
