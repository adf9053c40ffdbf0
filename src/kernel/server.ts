import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Publisher, Router } from "zeromq";
import { refuse } from "../core/errors.ts";
import { offerKernelApi } from "../notebook/page/kernel-api.ts";
import { createComms } from "./comms.ts";
import { exitKernel } from "./keep-alive.ts";
import { createCellReruns } from "./output/cell-reruns.ts";
import { clearTimersOfReruns } from "./output/cell-timers.ts";
import { type Cell, type Cells, openCell } from "./output/cells.ts";
import { answerFor, type Completer } from "./requests.ts";
import type { Runner } from "./runner.ts";
import type { Interruptible } from "./stop/interruptible.ts";
import type { Tslab } from "./tslab.ts";
import { type Message, type Outgoing, readMessage, writeMessage } from "./wire.ts";

interface Connection {
  readonly transport: string;
  readonly ip: string;
  readonly key: string;
}

interface Waiting {
  readonly socket: Router;
  readonly request: Message;
}

/** As it was when the kernel started: a cell may put another in its place. */
const { setTimeout } = globalThis;

/** Time for requests that were sent before a cell failed to arrive, so that they are dropped with it. */
const drainMs = 20;

/** Opens tslab's sockets and answers Jupyter's messages on them until the process is told to end. */
export async function serve(
  tslab: Tslab,
  connectionFile: string,
  parts: {
    runner: Runner;
    cells: Cells;
    completer: Completer;
    interruptible: Interruptible;
    report: (error: unknown) => void;
    logError: (problem: unknown) => void;
  },
): Promise<void> {
  const { runner, cells, completer, report, logError } = parts;
  const interruptible = parts.interruptible.callback;
  const { transport, ip, key } = readConnection(connectionFile);
  // JupyterLab drops queued messages when the session changes, so there is one for the life of the kernel.
  const session = randomUUID();
  const server = new tslab.ZmqServer({ close: () => runner.close() }, connectionFile);
  const waiting: Waiting[] = [];
  let running: Cell | undefined;
  let count = 0;

  // zeromq.js makes every 512th send asynchronous and refuses the ones in between; with no timeout it never does.
  server.bindSocket = async (socket, port) => {
    socket.sendTimeout = 0;
    socket.sendHighWaterMark = 0;
    await socket.bind(`${transport}://${ip}:${port}`);
  };

  const write = (socket: Publisher | Router, message: Omit<Outgoing, "session">): void => {
    socket.send(writeMessage(key, { ...message, session })).catch(logError);
  };
  const broadcast = (message: Omit<Outgoing, "session">): void =>
    write(server.iopub, { ...message, identities: [Buffer.from(message.type)] });
  const reply = (socket: Router, type: string, request: Message, content: Record<string, unknown>): void =>
    write(socket, { type, content, parent: request.header, identities: request.identities });
  const publish = (type: string, request: Message | undefined, content: Outgoing["content"]): void =>
    broadcast({ type, content, parent: request?.header });
  const status = (state: "busy" | "idle" | "starting", request?: Message): void =>
    publish("status", request, { execution_state: state });

  const reruns = createCellReruns(logError);
  const onCellRerun = (cleanUp: () => void): (() => void) => reruns.add(cells.current()?.request, cleanUp);
  clearTimersOfReruns(onCellRerun);
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
    const cell = openCell(request, count, (type, content) => publish(type, request, content));
    running = cell;
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
      const { socket, request } = next;
      status("busy", request);
      const result = await execute(request);
      const dropped: Waiting[] = [];
      if (result.status === "error" && request.content.stop_on_error !== false) {
        await delay(drainMs);
        dropped.push(...waiting.splice(0));
      }
      reply(socket, "execute_reply", request, result);
      status("idle", request);
      for (const { socket, request } of dropped) {
        status("busy", request);
        reply(socket, "execute_reply", request, { status: "aborted", execution_count: count });
        status("idle", request);
      }
    }
    busy = false;
  }

  server.handleShellMessage = async (socket, ...frames) => {
    const request = readMessage(key, frames);
    if (request === undefined)
      return logError("a message that is not signed with the kernel's key was ignored");
    const type = request.header.msg_type;
    if (type === "execute_request") {
      waiting.push({ socket, request });
      return runWaiting();
    }
    status("busy", request);
    try {
      if (type === "comm_info_request") {
        reply(socket, "comm_info_reply", request, comms.info(request.content.target_name));
      } else if (type.startsWith("comm_")) {
        await comms.handle(request);
      } else {
        const answer = answerFor(type, request.content, completer);
        if (answer) reply(socket, answer.type, request, answer.content);
      }
    } catch (problem) {
      logError(problem);
      if (type.endsWith("_request"))
        reply(socket, type.replace("_request", "_reply"), request, {
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

  await server.init();
  status("starting");
}

function readConnection(path: string): Connection {
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
