import { AsyncLocalStorage } from "node:async_hooks";
import type { Message } from "../wire.ts";

/** One execution of one notebook cell: where the output of everything it started goes. */
export interface Cell {
  readonly request: Message;
  /** The number in `In [n]`. */
  readonly count: number;
  /** The cell goes on running until these have settled. */
  readonly holds: Promise<unknown>[];
  readonly publish: (type: string, content: Readonly<Record<string, unknown>>) => void;
  readonly write: (stream: "stdout" | "stderr", text: string) => void;
  /** What its last expression comes to, by MIME types. */
  readonly result: (data: Readonly<Record<string, unknown>>) => void;
  /** Sends what `write` has gathered. */
  readonly flush: () => void;
}

/** As they were when the kernel started: a cell may put others in their place. */
const { setTimeout, clearTimeout } = globalThis;

const gatherMs = 40;
/** Letters that a cell may print; a page with more of them can hardly be used. */
const mostPrinted = 10_000_000;

/** Pieces of text within one moment that keep their order among stdout and stderr. */
const mostPieces = 20;

/**
 * Text is gathered for a moment, since Jupyter drops what comes faster than 1,000 messages a second;
 * order among text and displays is kept, and where stdout and stderr take turns very fast, order within each. What a cell prints beyond 10 MB is left out, and that is said.
 */
export function openCell(
  request: Message,
  count: number,
  send: (type: string, content: Readonly<Record<string, unknown>>) => void,
  readable: (text: string) => string = (text) => text,
): Cell {
  let pieces: Piece[] = [];
  let flushedAtMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let printed = 0;
  const shown = (more: string): string => {
    const room = mostPrinted - printed;
    printed += more.length;
    if (more.length <= room) return more;
    const said = "\n… what this cell prints beyond 10 MB is not shown. Write it to a file.\n";
    return room >= 0 ? `${more.slice(0, room)}${said}` : "";
  };
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (pieces.length === 0) return;
    const gathered = pieces.length > mostPieces ? byStream(pieces) : pieces;
    pieces = [];
    flushedAtMs = performance.now();
    for (const { name, text } of gathered) send("stream", { name, text });
  };
  const publish: Cell["publish"] = (type, content) => {
    flush();
    send(type, content);
  };
  return {
    request,
    count,
    holds: [],
    flush,
    publish,
    result: ({ "text/plain": text, ...data }) => {
      const plain = typeof text === "string" ? { "text/plain": shown(readable(text)) } : {};
      publish("execute_result", { execution_count: count, data: { ...data, ...plain }, metadata: {} });
    },
    write: (name, more) => {
      const text = shown(readable(more));
      const last = pieces.at(-1);
      if (last?.name === name) last.text += text;
      else if (text !== "") pieces.push({ name, text });
      if (performance.now() - flushedAtMs > gatherMs) flush();
      else timer ??= setTimeout(flush, gatherMs);
    },
  };
}

interface Piece {
  readonly name: "stdout" | "stderr";
  text: string;
}

function byStream(pieces: readonly Piece[]): Piece[] {
  return (["stdout", "stderr"] as const).map((name) => ({
    name,
    text: pieces.flatMap((piece) => (piece.name === name ? piece.text : [])).join(""),
  }));
}

/** Which cell the running code belongs to, also in the timers and promises that the cell left behind. */
export interface Cells {
  run<T>(cell: Cell, work: () => T): T;
  /** The cell that started the running code, else the one that ran last. */
  current(): Cell | undefined;
}

export function createCells(): Cells {
  const storage = new AsyncLocalStorage<Cell>();
  let last: Cell | undefined;
  return {
    run: (cell, work) => {
      last = cell;
      return storage.run(cell, work);
    },
    current: () => storage.getStore() ?? last,
  };
}
