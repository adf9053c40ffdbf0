import { refuse } from "../../../core/errors.ts";

/** Bytes → text, by the byte order mark or by where the zeros stand: UTF-8, or UTF-16 of either order. */
export interface TextBytes {
  /** Without an argument: the end. */
  decode(chunk?: Uint8Array): string;
}

export function textBytes(where: string): TextBytes {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let begun = new Uint8Array(0);
  const run = (chunk: Uint8Array | undefined): string => {
    try {
      decoder ??= new TextDecoder(encodingOf(begun), { fatal: true });
      const text = chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
      if (text.includes("\0")) return notText(where);
      return text;
    } catch (error) {
      return (error as { code?: string }).code === "not-text" ? raise(error) : notText(where);
    }
  };
  return {
    decode: (chunk) => {
      if (decoder !== undefined) return run(chunk);
      if (chunk !== undefined) begun = joined(begun, chunk);
      // four bytes tell the encoding
      if (chunk !== undefined && begun.length < 4) return "";
      const first = begun;
      const text = run(first);
      return chunk === undefined ? text + run(undefined) : text;
    },
  };
}

function raise(error: unknown): never {
  throw error;
}

function encodingOf(bytes: Uint8Array): string {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  const zeros = (from: number): boolean => bytes.length >= 4 && bytes[from] === 0 && bytes[from + 2] === 0;
  if (zeros(1) && !zeros(0)) return "utf-16le";
  if (zeros(0) && !zeros(1)) return "utf-16be";
  return "utf-8";
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function notText(where: string): never {
  return refuse({
    code: "not-text",
    where,
    problem: "needs text in UTF-8 or UTF-16; it holds bytes which are neither",
    hint: "Save the file as CSV in UTF-8. Nothing was taken from it.",
  });
}
