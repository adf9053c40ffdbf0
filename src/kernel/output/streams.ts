import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { Cell, Cells } from "./cells.ts";

export type OutputName = Parameters<Cell["write"]>[0];

/**
 * Sends what is printed to the cell that prints it. The process's own streams are replaced, not wrapped: to touch them
 * would make the pipes of the terminal non-blocking, which the Jupyter server shares and does not expect.
 */
export function routeProcessOutput(cells: Cells, toTerminal: (text: string) => void): void {
  for (const name of ["stdout", "stderr"] as const) {
    const stream = new OutputStream(name, cells, toTerminal);
    Object.defineProperty(process, name, { value: stream, configurable: true, enumerable: true });
  }
}

/**
 * A stream that stays open: a notebook prints for as long as it lives, whatever a pipeline of one cell ends or
 * destroys. Whoever waits for the end of what it wrote is told of it.
 */
class OutputStream extends Writable {
  private readonly name: OutputName;
  private readonly cells: Cells;
  private readonly toTerminal: (text: string) => void;
  /** Of bytes: what a chunk cuts off waits for the next one of its cell. */
  private readonly decoders = new WeakMap<Cell, StringDecoder>();

  constructor(name: OutputName, cells: Cells, toTerminal: (text: string) => void) {
    super({ decodeStrings: false, autoDestroy: false, emitClose: false });
    this.name = name;
    this.cells = cells;
    this.toTerminal = toTerminal;
    this.setMaxListeners(0);
    // where a pipeline that failed notes that it has destroyed the stream
    Object.defineProperty(this, Symbol.for("nodejs.stream.destroyed"), { get: () => false, set: () => {} });
  }

  override _write(chunk: string | Uint8Array, encoding: BufferEncoding, done: () => void): void {
    const cell = this.cells.current();
    const text = this.textOf(cell, chunk, encoding);
    if (cell) cell.write(this.name, text);
    else this.toTerminal(text);
    done();
  }

  override end(...given: unknown[]): this {
    const [chunk, encoding] = given;
    const done = given.find((one) => typeof one === "function") as (() => void) | undefined;
    if (chunk !== undefined && chunk !== null && typeof chunk !== "function") {
      this.write(chunk, typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8");
    }
    process.nextTick(() => {
      this.emit("finish");
      done?.();
    });
    return this;
  }

  override destroy(_error?: unknown, done?: (error: null) => void): this {
    process.nextTick(() => {
      this.emit("close");
      done?.(null);
    });
    return this;
  }

  destroySoon(): void {
    this.end();
  }

  private textOf(cell: Cell | undefined, chunk: string | Uint8Array, encoding: BufferEncoding): string {
    if (typeof chunk === "string") {
      return /^utf-?8$|^buffer$/i.test(encoding) ? chunk : this.decoded(cell, Buffer.from(chunk, encoding));
    }
    return this.decoded(cell, chunk);
  }

  private decoded(cell: Cell | undefined, bytes: Uint8Array): string {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (cell === undefined) return buffer.toString();
    const decoder = this.decoders.get(cell) ?? new StringDecoder("utf8");
    this.decoders.set(cell, decoder);
    return decoder.write(buffer);
  }
}
