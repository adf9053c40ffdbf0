import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { badTape } from "./tape-rows.ts";

/**
 * Calls back with each line of a text file, numbered from 1, whether it is gzipped or not.
 * Refuses what is not UTF-8 text, and a gzip file that ends too early.
 */
export async function eachLine(path: string, take: (line: string, number: number) => void): Promise<void> {
  const zipped = path.endsWith(".gz");
  const file = createReadStream(path);
  const bytes = zipped ? file.pipe(createGunzip()) : file;
  if (zipped) file.on("error", (error) => bytes.destroy(error));
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  let number = 0;
  const flow = (text: string): void => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) take(line.endsWith("\r") ? line.slice(0, -1) : line, ++number);
    if (rest.length > 1_000_000) {
      badTape(
        `${path}, line ${number + 1}`,
        "a line must be shorter than a million characters; got a longer one",
        "Pass a text file with a line a trade.",
      );
    }
  };
  const decode = (chunk?: Buffer): string => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
    } catch {
      badTape(
        path,
        `must be UTF-8 text; got other bytes after line ${number}`,
        "Save the file as UTF-8, or gzip as .gz.",
      );
    }
  };
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) flow(decode(chunk));
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (code.startsWith("Z_")) {
      badTape(
        path,
        `must be a whole gzip file; ${message} after line ${number}`,
        "Download or record the file again.",
        { code },
      );
    }
    if (code === "ENOENT" || code === "EACCES" || code === "EISDIR") {
      badTape(path, `must be a file that can be read; got ${code}`, "Check the path and its permissions.", {
        code,
      });
    }
    throw error;
  }
  flow(decode());
  if (rest !== "") take(rest, ++number);
}
