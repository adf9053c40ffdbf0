import { closeSync, constants, openSync, writeSync } from "node:fs";

/** Text to a terminal, a pipe or a file which never waits for whoever reads it. */
export interface SteadyOutput {
  write(text: string): void;
  /** Waits a moment for what is left. */
  close(): void;
}

/** So much may wait for its reader; what comes beyond is left out. */
const MOST_BYTES = 256 << 10;
const AGAIN_MS = 200;
const CLOSE_MS = 1000;

interface Waiting {
  left: Buffer;
  /** Texts: itself, or those that it says are left out. */
  readonly standsFor: number;
}

/**
 * Our standard output, read or not: a terminal that was stopped (Ctrl-S) or a reader that sleeps holds nothing up. What
 * nobody takes is left out, whole texts of it, and `leftOut` makes the words that say how many once there is a reader
 * again. A place that can't be written (full disk, closed terminal) is tried with each text anew.
 */
export function steadyOutput(leftOut: (texts: number) => string): SteadyOutput {
  const fd = openOwn(1);
  if (fd === undefined) return { write: (text) => process.stdout.write(text), close: () => {} };
  let waiting: Waiting[] = [];
  let bytes = 0;
  let missed = 0;
  /** The first of those that wait is written in part. */
  let isBegun = false;
  /** A text was written in part, and its rest is lost. */
  let isTorn = false;
  let timer: NodeJS.Timeout | undefined;
  const add = (text: string, standsFor: number): void => {
    const buffer = Buffer.from(text);
    waiting.push({ left: buffer, standsFor });
    bytes += buffer.length;
  };
  const writeAll = (): void => {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      if (isTorn) writeSync(fd, "\n");
      isTorn = false;
      const written = writeSync(fd, first.left);
      bytes -= written;
      isBegun = written < first.left.length;
      if (isBegun) first.left = first.left.subarray(written);
      else waiting.shift();
    }
  };
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    try {
      writeAll();
      if (missed === 0) return;
      add(leftOut(missed), missed);
      missed = 0;
      writeAll();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") {
        timer = setTimeout(flush, AGAIN_MS).unref();
        return;
      }
      isTorn ||= isBegun;
      isBegun = false;
      missed += waiting.reduce((sum, { standsFor }) => sum + standsFor, 0);
      waiting = [];
      bytes = 0;
    }
  };
  return {
    write: (text) => {
      if (bytes > MOST_BYTES) missed++;
      else add(text, 1);
      flush();
    },
    close: () => {
      const endMs = performance.now() + CLOSE_MS;
      for (flush(); waiting.length > 0 && performance.now() < endMs; flush()) sleep(10);
      clearTimeout(timer);
      closeSync(fd);
    },
  };
}

/**
 * The same place opened once more, so that it can be told not to wait without telling those we share it with; undefined
 * where the system has no such thing (a socket): Node itself does not wait for those.
 */
function openOwn(fd: number): number | undefined {
  try {
    const { O_WRONLY, O_APPEND, O_NONBLOCK, O_NOCTTY } = constants;
    return openSync(`/dev/fd/${fd}`, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY);
  } catch {
    return undefined;
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
