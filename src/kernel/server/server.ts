import { readFileSync } from "node:fs";
import { Router } from "zeromq";
import { refuse } from "../../core/errors.ts";
import { type KernelApi, offerKernelApi } from "../../notebook/page/kernel-api.ts";
import { createComms } from "../comms/comms.ts";
import { exitKernel } from "../keep-alive.ts";
import { createCellReruns } from "../output/cell-reruns.ts";
import { ownCellTimers } from "../output/cell-timers.ts";
import type { Cell, Cells } from "../output/cells.ts";
import type { Runner } from "../runner.ts";
import type { Activities } from "../stop/activities.ts";
import type { Channels } from "../stop/channels.ts";
import type { Interruptible } from "../stop/interruptible.ts";
import { bindAll } from "../stop/sockets.ts";
import type { Connection } from "../stop/thread-messages.ts";
import type { Tslab } from "../tslab.ts";
import { type Message, readMessage } from "../wire.ts";
import { createExecutions, type Executions } from "./executions.ts";
import { createIdleCollection } from "./idle-collection.ts";
import { type Back, createOutbox } from "./outbox.ts";
import { answerFor, type Completer } from "./requests.ts";
import { offerPrompt } from "./stdin.ts";

/** The part of a kernel that answers; the channels hand to it what comes on control. */
export interface Server {
  handle(frames: readonly Buffer[], back: Back): Promise<void>;
}

/** As it was when the kernel started: a cell may put another in its place. */
const { setTimeout, setImmediate } = globalThis;

export interface ServerParts {
  readonly connection: Connection;
  /** JupyterLab drops queued messages when the session changes, so there is one for the life of the kernel. */
  readonly session: string;
  readonly channels: Channels;
  readonly tslab: Tslab;
  readonly runner: Runner;
  readonly cells: Cells;
  readonly completer: Completer;
  readonly interruptible: Interruptible;
  readonly activities: Activities;
  readonly report: (error: unknown) => void;
  /** Puts back what cells have taken away from the language. */
  readonly restore: () => void;
  readonly logError: (problem: unknown) => void;
}

/** Answers Jupyter's messages until the process is told to end. */
export async function serve(parts: ServerParts): Promise<Server> {
  const { connection, session, channels, runner, cells, completer, report, logError } = parts;
  const { key } = connection;
  const outbox = createOutbox(key, session, channels);
  const { reply, status } = outbox;

  const reruns = createCellReruns(logError);
  const onCellRerun = (cleanUp: () => void): (() => void) => reruns.add(cells.current()?.request, cleanUp);
  const executions = createExecutions({ outbox, runner, cells, reruns, channels });
  const interruptible = parts.interruptible.callback;
  const currentCell = (): Message | undefined => cells.current()?.request;
  const comms = createComms({ publish: outbox.broadcast, currentCell, onCellRerun, interruptible, report });
  ownCellTimers({
    onCellRerun,
    activities: parts.activities,
    interruptible: parts.interruptible.cell,
    report,
  });

  const idle = createIdleCollection(() => executions.running() !== undefined);
  const handle: Server["handle"] = async (frames, back) => {
    idle.touched();
    parts.interruptible.begin();
    parts.restore();
    const request = readMessage(key, frames);
    if (request === undefined)
      return logError("a message that is not signed with the kernel's key was ignored");
    const type = request.header.msg_type;
    if (type === "execute_request") return executions.add(request, back).finally(idle.touched);
    status("busy", request);
    try {
      if (type === "comm_info_request") {
        reply(back, "comm_info_reply", request, comms.info(request.content.target_name));
      } else if (type.startsWith("comm_")) {
        await comms.handle(request);
      } else {
        const answer = answerFor(type, request.content, completer);
        if (answer) reply(back, answer.type, request, answer.content);
      }
    } catch (problem) {
      logError(problem);
      if (type.endsWith("_request"))
        reply(back, type.replace("_request", "_reply"), request, {
          status: "error",
          ...runner.explain(problem),
        });
    }
    status("idle", request);
    const running = executions.running();
    if (running) status("busy", running.request);
    if (type === "interrupt_request") runner.interrupt();
    if (type === "shutdown_request") setTimeout(exitKernel, 50);
  };

  offerToCells(parts, executions, { comms, onCellRerun, interruptible });
  // zeromq.js makes every 512th send asynchronous and refuses the ones in between; with no timeout it never does
  const options = { sendTimeout: 0, sendHighWaterMark: 0 };
  const shell = new Router(options);
  const stdin = new Router(options);
  await bindAll(connection, { shell, stdin });
  offerPrompt({ socket: stdin, key, session, currentCell: cells.current });
  status("starting");
  void (async () => {
    // in turns of their own: where V8 ends an endless callback, it forgets what waits behind it, as the next message may
    for await (const frames of shell)
      setImmediate(handle, frames, (answer: Parameters<Back>[0]) => {
        shell.send(answer as (Buffer | string)[]).catch(logError);
      });
  })();
  return { handle };
}

/** What running code finds: tslab's display functions, the kernel's own, and the console's `clear`. */
function offerToCells(
  { tslab, cells, runner }: ServerParts,
  executions: Executions,
  more: Pick<KernelApi, "comms" | "onCellRerun" | "interruptible">,
): void {
  // tslab's display functions write through this variable: to the cell that ran last, here to the one the caller belongs to.
  Object.defineProperty(tslab.jupyter, "lastWriteDisplayData", {
    get: () => {
      const cell = cells.current();
      return cell && ((message: object, update?: boolean) => display(cell, { ...message }, update));
    },
  });
  offerKernelApi({
    readable: runner.readable,
    display: (data, displayId, update) => {
      const transient = displayId === undefined ? {} : { display_id: displayId };
      display(cells.current(), { data, metadata: {}, transient }, update);
    },
    holdCell: (work) => {
      const running = executions.running();
      if (cells.current() === running) running?.holds.push(work);
    },
    ...more,
  });
  console.clear = () => cells.current()?.publish("clear_output", { wait: false });
}

/** Jupyter's connection file. */
export function readConnection(path: string): Connection {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Connection;
  } catch (problem) {
    return refuse({
      code: "connection-file",
      where: "tickbook kernel",
      problem: `the connection file ${path} cannot be read (${(problem as Error).message})`,
      hint: "Restart the kernel from JupyterLab.",
      facts: { path },
    });
  }
}

function display(
  cell: Cell | undefined,
  content: Record<string, unknown>,
  update: boolean | undefined,
): void {
  cell?.publish(update ? "update_display_data" : "display_data", content);
}
