import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Router } from "zeromq";
import { refuse } from "../core/errors.ts";
import { offerKernelApi } from "../notebook/page/kernel-api.ts";
import { createComms } from "./comms.ts";
import { exitKernel } from "./keep-alive.ts";
import { createCellReruns } from "./output/cell-reruns.ts";
import { ownCellTimers } from "./output/cell-timers.ts";
import { type Cell, type Cells, openCell } from "./output/cells.ts";
import { answerFor, type Completer } from "./requests.ts";
import type { Runner } from "./runner.ts";
import { offerPrompt } from "./stdin.ts";
import type { Activities } from "./stop/activities.ts";
import type { Channels } from "./stop/channels.ts";
import type { Interruptible } from "./stop/interruptible.ts";
import type { Connection } from "./stop/thread-messages.ts";
import type { Tslab } from "./tslab.ts";
import { type Message, type Outgoing, readMessage, writeMessage } from "./wire.ts";

/** Sends frames back on the channel on which a request came. */
type Back = (frames: (Uint8Array | string)[]) => void;

interface Waiting {
  readonly back: Back;
  readonly request: Message;
}

/** The part of a kernel that answers; the channels hand to it what comes on control. */
export interface Server {
  handle(frames: readonly Buffer[], back: Back): Promise<void>;
}

/** As it was when the kernel started: a cell may put another in its place. */
const { setTimeout } = globalThis;

/** Time for requests that were sent before a cell failed to arrive, so that they are dropped with it. */
const drainMs = 20;

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
  readonly logError: (problem: unknown) => void;
}

/** Answers Jupyter's messages until the process is told to end. */
export async function serve(parts: ServerParts): Promise<Server> {
  const { connection, session, channels, tslab, runner, cells, completer, report, logError, activities } =
    parts;
  const interruptible = parts.interruptible.callback;
  const { transport, ip, key } = connection;
  const waiting: Waiting[] = [];
  let running: Cell | undefined;
  let count = 0;

  const broadcast = (message: Omit<Outgoing, "session">): void =>
    channels.publish(writeMessage(key, { ...message, session, identities: [Buffer.from(message.type)] }));
  const reply = (back: Back, type: string, request: Message, content: Record<string, unknown>): void => {
    const { header, identities } = request;
    back(writeMessage(key, { type, content, session, parent: header, identities }));
  };
  const publish = (type: string, request: Message | undefined, content: Outgoing["content"]): void =>
    broadcast({ type, content, parent: request?.header });
  const status = (state: "busy" | "idle" | "starting", request?: Message): void =>
    publish("status", request, { execution_state: state });

  const reruns = createCellReruns(logError);
  const onCellRerun = (cleanUp: () => void): (() => void) => reruns.add(cells.current()?.request, cleanUp);
  ownCellTimers({ onCellRerun, activities, interruptible: parts.interruptible.cell, report });
  const comms = createComms({
    publish: broadcast,
    currentCell: () => cells.current()?.request,
    onCellRerun,
    interruptible,
    report,
  });

  async function execute(request: Message): Promise<Record<string, unknown>> {
    const code = String(request.content.code ?? "");
    const silent = request.content.silent === true;
    if (!silent && request.content.store_history !== false) count++;
    const cell = openCell(
      request,
      count,
      (type, content) => publish(type, request, content),
      runner.readable,
    );
    running = cell;
    channels.running(request.header);
    if (!silent) cell.publish("execute_input", { code, execution_count: count });
    const failure = await cells.run(cell, async () => {
      try {
        reruns.starts(request);
        const failed = code.trim() === "" ? undefined : await runner.run(code, cell.count);
        return failed ?? (await runner.settle(cell.holds));
      } catch (problem) {
        return runner.explain(problem);
      }
    });
    if (failure && !silent) cell.publish("error", { ...failure });
    cell.flush();
    running = undefined;
    if (failure) return { status: "error", execution_count: cell.count, ...failure };
    return { status: "ok", execution_count: cell.count, user_expressions: {}, payload: [] };
  }

  let busy = false;
  async function runWaiting(): Promise<void> {
    if (busy) return;
    busy = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { back, request } = next;
      status("busy", request);
      const result = await execute(request);
      const dropped: Waiting[] = [];
      if (result.status === "error" && request.content.stop_on_error !== false) {
        await delay(drainMs);
        dropped.push(...waiting.splice(0));
      }
      reply(back, "execute_reply", request, result);
      status("idle", request);
      for (const { back, request } of dropped) {
        status("busy", request);
        reply(back, "execute_reply", request, { status: "aborted", execution_count: count });
        status("idle", request);
      }
    }
    busy = false;
  }

  const handle: Server["handle"] = async (frames, back) => {
    const request = readMessage(key, frames);
    if (request === undefined)
      return logError("a message that is not signed with the kernel's key was ignored");
    const type = request.header.msg_type;
    if (type === "execute_request") {
      waiting.push({ back, request });
      return runWaiting();
    }
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
    if (running) status("busy", running.request);
    if (type === "interrupt_request") runner.interrupt();
    if (type === "shutdown_request") setTimeout(exitKernel, 50);
  };

  // tslab's display functions write through this variable: to the cell that ran last, here to the one the caller belongs to.
  Object.defineProperty(tslab.jupyter, "lastWriteDisplayData", {
    get: () => {
      const cell = cells.current();
      return cell && ((message: object, update?: boolean) => display(cell, { ...message }, update));
    },
  });
  offerKernelApi({
    display: (data, displayId, update) => {
      const transient = displayId === undefined ? {} : { display_id: displayId };
      display(cells.current(), { data, metadata: {}, transient }, update);
    },
    holdCell: (work) => {
      if (cells.current() === running) running?.holds.push(work);
    },
    comms,
    onCellRerun,
    interruptible,
  });

  // zeromq.js makes every 512th send asynchronous and refuses the ones in between; with no timeout it never does
  const options = { sendTimeout: 0, sendHighWaterMark: 0 };
  const shell = new Router(options);
  const at = (port: number): string => `${transport}://${ip}:${port}`;
  const address = at(connection.stdin_port);
  await Promise.all([
    shell.bind(at(connection.shell_port)),
    offerPrompt({ address, key, session, currentCell: cells.current }),
  ]);
  console.clear = () => cells.current()?.publish("clear_output", { wait: false });
  status("starting");
  void (async () => {
    for await (const frames of shell)
      void handle(frames, (answer) => {
        shell.send(answer as (Buffer | string)[]).catch(logError);
      });
  })();
  return { handle };
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
