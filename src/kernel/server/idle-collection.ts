import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** As they were when the kernel started: a cell may put others in their place. */
const { setTimeout, clearTimeout } = globalThis;

/** A reader who has asked for nothing so long does not wait for the kernel. */
const idleMs = 10_000;
/** 100 MB take 0.4 s; a larger heap would keep what lives on a timer waiting for seconds. */
const mostBytes = 300e6;

export interface IdleCollection {
  /** A request came, or a cell has ended: whoever works in the notebook is not to wait. */
  touched(): void;
}

/**
 * Once a kernel that has run cells is left alone, hands back the memory that their garbage took: V8 keeps the room of objects
 * that are gone, between those that stay, until it must.
 */
export function createIdleCollection(isRunning: () => boolean, wait: number = idleMs): IdleCollection {
  let timer: NodeJS.Timeout | undefined;
  let collect: ((how: object) => void) | undefined;
  const shrink = (): void => {
    if (isRunning() || process.memoryUsage().heapUsed > mostBytes) return;
    collect ??= collector();
    collect({ type: "major", execution: "sync", flavor: "last-resort" });
  };
  return {
    touched: () => {
      clearTimeout(timer);
      timer = setTimeout(shrink, wait);
      timer.unref();
    },
  };
}

/** V8's own, which is shown to no cell. */
function collector(): (how: object) => void {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as (how: object) => void;
  setFlagsFromString("--no-expose-gc");
  return gc;
}
