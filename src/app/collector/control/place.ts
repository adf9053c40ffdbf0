import { createHash } from "node:crypto";
import { relative, resolve } from "node:path";

/** A socket's address has room for so many bytes. */
const MOST_BYTES = 103;

/** Where the collector of a database takes requests: a socket beside it. Undefined: the path is too long for one. */
export function controlPlace(db: string): string | undefined {
  const path = `${resolve(db)}.sock`;
  if (process.platform === "win32")
    return `\\\\.\\pipe\\tickbook-${createHash("sha256").update(path.toLowerCase()).digest("hex").slice(0, 32)}`;
  return [path, relative(process.cwd(), path)].find((one) => Buffer.byteLength(one) <= MOST_BYTES);
}
