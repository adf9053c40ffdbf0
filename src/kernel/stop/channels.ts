import { Worker } from "node:worker_threads";
import { TickbookError } from "../../core/errors.ts";
import type { Header } from "../wire.ts";
import { Stopped } from "./activities.ts";
import { gateNativeCalls } from "./native-calls.ts";
import { closeAtEnd } from "./sockets.ts";
import {
  type Connection,
  type FromThread,
  SHARED,
  shortNow,
  type ThreadData,
  type ToThread,
} from "./thread-messages.ts";

/** The channels that a thread of their own serves, as the main thread uses them. */
export interface Channels {
  publish(frames: readonly (Uint8Array | string)[]): void;
  answerControl(frames: readonly (Uint8Array | string)[]): void;
  /** A cell begins: the request that words about the stop button belong to. What was pressed before is not meant for it. */
  running(header: Header): void;
  /** The cell has come to its end. */
  ended(): void;
  /** Whether the stop button was pressed for what runs now and the main thread has not come to it yet. */
  isStopAsked(): boolean;
  /** Notes that what was asked to stop has been stopped. */
  stopped(): void;
  /** Around user code that a signal can end. */
  readonly reach: { entered(): void; left(): void };
  /** Loads a package, or compiles: the stop waits for it, since what is loaded half would never be loaded. */
  readonly loading: <T>(load: () => T) => T;
  /** Keeps native code that is loaded from now on from being ended inside. */
  gateNativeCalls(): void;
  /** Around a call that waits for a child process, which the stop button ends; `left` throws where it did. */
  readonly child: { entered(): void; left(): void };
}

export interface ChannelsOptions {
  readonly connection: Connection;
  readonly session: string;
  readonly onStop: () => void;
  readonly onControl: (frames: readonly Buffer[]) => void;
  readonly onEnd: () => void;
}

/** As it was when the kernel started: a cell may put another in its place. */
const { setImmediate } = globalThis;

/** A signal of the thread's own may arrive after what it was meant for has ended. */
const staleMs = 10_000;
/** The end of the kernel waits no longer for its thread. */
const closeMs = 500;

export async function openChannels(options: ChannelsOptions): Promise<Channels> {
  const { connection, session, onStop, onControl, onEnd } = options;
  const shared = new SharedArrayBuffer(4 * Object.keys(SHARED).length);
  const words = new Int32Array(shared);
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./channel-thread.${extension}`, import.meta.url), {
    workerData: { connection, session, shared } satisfies ThreadData,
    stdout: false,
  });
  worker.on("error", onEnd);
  const post: (message: ToThread) => void = worker.postMessage.bind(worker);
  let runs = 0;
  let cells = 0;
  const { loads, tellLoads, loading } = createLoads(words);
  const isUnanswered = (): boolean => Atomics.load(words, SHARED.asked) > Atomics.load(words, SHARED.handled);
  const isForThis = (): boolean => Atomics.load(words, SHARED.pressedIn) === Atomics.load(words, SHARED.cell);
  const isStopAsked = (): boolean => isUnanswered() && isForThis();
  const stopped = (): void => {
    const asked = Atomics.load(words, SHARED.asked);
    Atomics.store(words, SHARED.handled, asked);
    // what awaits is told now, and may do something at its end
    setImmediate(() => Atomics.store(words, SHARED.ended, asked));
  };
  /** A press belongs to what ran when it was pressed: a cell that has ended meanwhile is not followed by the next one. */
  const answerStop = (): void => {
    if (!isUnanswered()) return;
    const isMeant = isForThis();
    stopped();
    if (isMeant) onStop();
  };
  closeAtEnd(() => {
    post({ type: "end" });
    Atomics.wait(words, SHARED.closed, 0, closeMs);
  });
  await new Promise<void>((resolve, reject) => {
    worker.on("message", (message: FromThread) => {
      if (message.type === "ready") resolve();
      else if (message.type === "refused") reject(new TickbookError(message.refusal));
      else if (message.type === "control") onControl(message.frames.map((frame) => Buffer.from(frame)));
      else answerStop();
    });
  });
  const onSignal = (): void => {
    const sinceMs = shortNow() - Atomics.load(words, SHARED.signalled);
    if (sinceMs < 0 || sinceMs > staleMs) onStop();
  };
  process.on("SIGINT", onSignal);
  keepFromSystem("SIGINT", onSignal);
  return {
    publish: (frames) => post({ type: "publish", frames }),
    answerControl: (frames) => post({ type: "control", frames }),
    running: (header) => {
      answerStop();
      cells = (cells % 0x7fffffff) + 1;
      Atomics.store(words, SHARED.cell, cells);
      // without a listener a signal that comes late would end the process; a cell may have taken it away
      if (!process.listeners("SIGINT").includes(onSignal)) process.on("SIGINT", onSignal);
      // V8 may have ended a call without its `finally`
      Atomics.store(words, SHARED.inChild, 0);
      Atomics.store(words, SHARED.inNative, 0);
      loads.now = 0;
      tellLoads();
      post({ type: "running", header });
    },
    ended: () => {
      Atomics.store(words, SHARED.cell, 0);
    },
    isStopAsked,
    stopped,
    gateNativeCalls: () => gateNativeCalls(words),
    reach: {
      entered: () => {
        // a signal for the run before must not end this one
        while (Atomics.load(words, SHARED.signalling) === 1) Atomics.wait(words, SHARED.signalling, 1, 50);
        runs = (runs % 0x7fffffff) + 1;
        loads.before = loads.now;
        Atomics.store(words, SHARED.inReach, runs);
      },
      left: () => {
        Atomics.store(words, SHARED.inReach, 0);
        // the time of a callback was over inside
        Atomics.store(words, SHARED.inNative, 0);
        // a load that was ended has not come to its `finally`
        loads.now = loads.before;
        tellLoads();
      },
    },
    loading,
    child: {
      entered: () => Atomics.store(words, SHARED.inChild, 1),
      left: () => {
        Atomics.store(words, SHARED.inChild, 0);
        if (isStopAsked()) throw new Stopped();
      },
    },
  };
}

function createLoads(words: Int32Array) {
  const loads = { now: 0, before: 0, awaited: 0 };
  const tellLoads = (): void => {
    Atomics.store(words, SHARED.inLoad, loads.now + loads.awaited);
  };
  const loading = <T>(load: () => T): T => {
    loads.now++;
    tellLoads();
    try {
      const result = load();
      if (result instanceof Promise) {
        const done = (): void => {
          loads.awaited--;
          tellLoads();
        };
        loads.awaited++;
        result.then(done, done);
      }
      return result;
    } finally {
      loads.now--;
      tellLoads();
    }
  };
  return { loads, tellLoads, loading };
}

/**
 * Of the listeners of a signal only `own` reaches the system. One that a run adds would take the signal from Node, which
 * ends the run by it.
 */
function keepFromSystem(signal: NodeJS.Signals, own: () => void): void {
  type Added = (event: string | symbol, listener: unknown) => void;
  const events = process as unknown as NodeJS.EventEmitter;
  for (const starts of events.listeners("newListener") as Added[]) {
    if (starts.name !== "startListeningIfSignal") continue;
    events.removeListener("newListener", starts);
    events.on("newListener", (event: string | symbol, listener: unknown) => {
      if (event !== signal || listener === own) starts(event, listener);
    });
  }
}
