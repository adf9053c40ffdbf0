import type { Refusal } from "../../core/errors.ts";
import type { Header } from "../wire.ts";

/** What the kernel's thread for Jupyter's channels is given. */
export interface ThreadData {
  readonly connection: Connection;
  /** The session of all messages. */
  readonly session: string;
  /** Words that both threads read: see `SHARED`. */
  readonly shared: SharedArrayBuffer;
}

/** Jupyter's connection file. */
export interface Connection {
  readonly transport: string;
  readonly ip: string;
  readonly key: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly control_port: number;
  readonly stdin_port: number;
  readonly hb_port: number;
}

/** Places in the shared memory. */
export const SHARED = {
  /** How often the stop button was pressed. */
  asked: 0,
  /** Up to which press the main thread has stopped what it did; what that code does at its end may run still. */
  handled: 1,
  /** While user code runs where a signal ends it, the number of that run; else 0. */
  inReach: 2,
  /** When the last signal was sent from here, in ms of `Date.now()` modulo 2^30. */
  signalled: 3,
  /** While the main thread waits for a child process: 1, else 0. */
  inChild: 4,
  /** How many packages the main thread is loading. */
  inLoad: 5,
  /** While the thread sends a signal: 1, else 0. */
  signalling: 6,
  /** Up to which press the main thread has come back from what it stopped. */
  ended: 7,
  /** When the thread has closed its sockets: 1, else 0. */
  closed: 8,
  /** While the main thread runs the code of an add-on, where nothing may end it: 1, else 0. */
  inNative: 9,
  /** The number of the cell that runs; 0 while none does. */
  cell: 10,
  /** The number of the cell that ran at the last press, or 0. */
  pressedIn: 11,
} as const;

export type ToThread =
  | { readonly type: "publish" | "control"; readonly frames: readonly (Uint8Array | string)[] }
  | { readonly type: "running"; readonly header: Header | undefined }
  | { readonly type: "end" };

export type FromThread =
  | { readonly type: "ready" }
  | { readonly type: "refused"; readonly refusal: Refusal }
  | { readonly type: "stop"; readonly press: number }
  | { readonly type: "control"; readonly frames: readonly Uint8Array[] };

export function shortNow(): number {
  return Date.now() % 2 ** 30;
}

/** The symbol that stands for the error of code that V8 has ended. */
export const ENDED = "tickbook.ended";
