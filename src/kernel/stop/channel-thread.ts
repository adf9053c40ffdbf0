import { parentPort, workerData } from "node:worker_threads";
import { Publisher, Reply, Router } from "zeromq";
import type { TickbookError } from "../../core/errors.ts";
import { type Header, readMessage, writeMessage } from "../wire.ts";
import { endNewestChild } from "./newest-child.ts";
import { bindAll, closeAll } from "./sockets.ts";
import { createTerminator } from "./terminator.ts";
import { type FromThread, SHARED, shortNow, type ThreadData, type ToThread } from "./thread-messages.ts";

/**
 * The thread of the channels that must answer while the main thread is busy: control, with the stop button and the end
 * of the kernel, heartbeat, and what is published.
 */
const { connection, session, shared } = workerData as ThreadData;
const words = new Int32Array(shared);
const { key } = connection;
const toMain = (message: FromThread): void => parentPort!.postMessage(message);

/** Between one attempt to end what runs and the next. */
const attemptMs = 120;
/** A signal needs it to arrive. */
const arriveMs = 30;
/** So many attempts that come to no pause: then a signal is sent without one. */
const mostUnreached = 3;
/** A person waits no longer without a word. */
const sayAfterMs = 2_000;
/** What stopped code may take to tidy up, in `finally`. */
const tidyMs = 1_000;
const endAfterMs = 500;

const iopub = new Publisher({ sendTimeout: 0, sendHighWaterMark: 0 });
const control = new Router({ sendTimeout: 0, sendHighWaterMark: 0 });
const heartbeat = new Reply();
let running: Header | undefined;
const isNative = (): boolean => Atomics.load(words, SHARED.inNative) !== 0;
/** Whether the cell still runs that ran at the press; or none, as then. */
const isSameCell = (): boolean => Atomics.load(words, SHARED.cell) === Atomics.load(words, SHARED.pressedIn);

const publish = (frames: readonly (Uint8Array | string)[]): void => {
  void iopub.send(frames as (Buffer | string)[]).catch(() => {});
};
/** Since when the code that was stopped is about to end. */
let tidyingSinceMs: number | undefined;
const isTidying = (): boolean => {
  if (Atomics.load(words, SHARED.handled) < Atomics.load(words, SHARED.asked)) return false;
  tidyingSinceMs ??= performance.now();
  return performance.now() - tidyingSinceMs < tidyMs;
};
const isEnded = (): boolean => Atomics.load(words, SHARED.ended) >= Atomics.load(words, SHARED.asked);
/** The run that a signal reaches; 0 where none does. On Windows it would end the process. */
const runInReach = (): number => (process.platform === "win32" ? 0 : Atomics.load(words, SHARED.inReach));
/** The run that was in reach at the last attempt, and whether it was so at the one before: what has begun since may end by itself. */
let runBefore = 0;
let isSteady = false;
/** The attempts that are made: one chain of them, however often the button is pressed. */
let trial:
  | { readonly cell: number; readonly sinceMs: number; isSaid: boolean; isSignalled: boolean }
  | undefined;
const terminator = createTerminator({
  isAsked: () => !isEnded() && !isTidying() && isSameCell(),
  isNative,
  signal: () => {
    if (runBefore !== 0 && isSteady) signalRun(runBefore);
    return runInReach() !== 0;
  },
});

/** The server that started the kernel: one that was killed, before the kernel had started or while a cell loops, leaves none behind. */
const server = Number(process.env.JPY_PARENT_PID) || process.ppid;
const isChild = process.ppid === server;
const endWithServer = (): void => {
  if (isChild ? process.ppid !== server : !isThere(server)) process.kill(process.pid, "SIGKILL");
};
endWithServer();
setInterval(endWithServer, 500);

/**
 * Ends a run of user code that a signal reaches, and no other: the main thread begins none while a signal is on its way.
 * It unwinds the kernel's own code, too, as V8's end does not.
 */
function signalRun(run: number): void {
  Atomics.store(words, SHARED.signalling, 1);
  if (Atomics.load(words, SHARED.inReach) === run && !isNative() && isSameCell()) {
    Atomics.store(words, SHARED.signalled, shortNow());
    process.kill(process.pid, "SIGINT");
    Atomics.wait(words, SHARED.closed, 0, arriveMs);
  }
  Atomics.store(words, SHARED.signalling, 0);
  Atomics.notify(words, SHARED.signalling);
}

/** Ends what runs where it pauses, by a signal where that reaches it, else by V8; says so where nothing does. */
function stop(): void {
  const cell = Atomics.load(words, SHARED.cell);
  Atomics.store(words, SHARED.pressedIn, cell);
  toMain({ type: "stop", press: Atomics.add(words, SHARED.asked, 1) + 1 });
  const isUnderWay = trial !== undefined;
  if (trial?.cell !== cell) trial = { cell, sinceMs: performance.now(), isSaid: false, isSignalled: false };
  if (isUnderWay) return;
  runBefore = runInReach();
  tidyingSinceMs = undefined;
  setTimeout(attempt, attemptMs / 2);
}

function attempt(): void {
  if (trial === undefined || isEnded() || !isSameCell()) {
    terminator.leave();
    trial = undefined;
    return;
  }
  setTimeout(attempt, attemptMs);
  if (isTidying() || Atomics.load(words, SHARED.inLoad) > 0) {
    // what is loaded would be slow under the inspector
    terminator.leave();
    return;
  }
  const agoMs = performance.now() - trial.sinceMs;
  if (Atomics.load(words, SHARED.inChild) === 1) endNewestChild(agoMs > 1_000 ? "SIGKILL" : "SIGINT");
  const run = runInReach();
  isSteady = run === runBefore;
  runBefore = run;
  const isReached = terminator.unreached() < mostUnreached;
  if (isSteady && run !== 0 && !isNative() && !isReached && !trial.isSignalled) {
    // V8 keeps it until there is a statement; a second one could come when the run has ended
    trial.isSignalled = true;
    signalRun(run);
  }
  terminator.attempt();
  if (!trial.isSaid && agoMs > sayAfterMs) {
    trial.isSaid = true;
    sayThatItCannot();
  }
}

function sayThatItCannot(): void {
  const text =
    "stop: what runs is native code, or was called by it, and cannot be ended from outside; it has had two seconds. Wait for it, or restart the kernel (Kernel > Restart Kernel), which forgets all variables.\n";
  publish([
    Buffer.from("stream"),
    ...writeMessage(key, { type: "stream", session, parent: running, content: { name: "stderr", text } }),
  ]);
}

function answered(frames: readonly Buffer[]): void {
  const request = readMessage(key, frames);
  if (request === undefined) return;
  const { msg_type: type } = request.header;
  const reply = (content: Record<string, unknown>): void => {
    const { identities, header } = request;
    const message = {
      type: type.replace("_request", "_reply"),
      session,
      parent: header,
      identities,
      content,
    };
    void control.send(writeMessage(key, message) as (Buffer | string)[]).catch(() => {});
  };
  if (type === "interrupt_request") {
    stop();
    reply({ status: "ok" });
    return;
  }
  toMain({ type: "control", frames: [...frames] });
  if (type !== "shutdown_request") return;
  // a main thread that never comes to it must not keep the kernel alive
  setTimeout(() => {
    reply({ status: "ok", restart: request.content.restart === true });
    setTimeout(() => process.kill(process.pid, "SIGKILL"), 50);
  }, endAfterMs);
}

parentPort!.on("message", (message: ToThread) => {
  if (message.type === "publish") publish(message.frames);
  else if (message.type === "running") running = message.header;
  else if (message.type === "end") end();
  else void control.send(message.frames as (Buffer | string)[]).catch(() => {});
});

function end(): void {
  closeAll();
  Atomics.store(words, SHARED.closed, 1);
  Atomics.notify(words, SHARED.closed);
}

try {
  await bindAll(connection, { iopub, control, hb: heartbeat });
  toMain({ type: "ready" });
} catch (problem) {
  toMain({ type: "refused", refusal: { ...(problem as TickbookError) } });
}
void (async () => {
  for await (const frames of heartbeat) await heartbeat.send(frames);
})();
for await (const frames of control) answered(frames);

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (problem) {
    return (problem as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
