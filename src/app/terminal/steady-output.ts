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

/**
 * Our standard output, read or not: a terminal that was stopped (Ctrl-S) or a reader that sleeps holds nothing up. What
 * nobody takes is left out, whole texts of it, and `leftOut` makes the words that say how many once there is a reader
 * again. A place that can't be written (full disk, closed terminal) is tried with each text anew.
 */
export function steadyOutput(leftOut: (texts: number) => string): SteadyOutput {
  const fd = openOwn(1);
  if (fd === undefined) return { write: (text) => process.stdout.write(text), close: () => {} };
  let waiting = Buffer.alloc(0);
  let missed = 0;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    try {
      while (waiting.length > 0) waiting = waiting.subarray(writeSync(fd, waiting));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") timer = setTimeout(flush, AGAIN_MS).unref();
      else waiting = Buffer.alloc(0);
      return;
    }
    if (missed === 0) return;
    waiting = Buffer.from(leftOut(missed));
    missed = 0;
    flush();
  };
  return {
    write: (text) => {
      if (waiting.length > MOST_BYTES) missed++;
      else waiting = Buffer.concat([waiting, Buffer.from(text)]);
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
