import { setTimeout as delay } from "node:timers/promises";
import type { CellReruns } from "../output/cell-reruns.ts";
import { type Cell, type Cells, openCell } from "../output/cells.ts";
import type { Runner } from "../runner.ts";
import type { Channels } from "../stop/channels.ts";
import type { Message } from "../wire.ts";
import type { Back, Outbox } from "./outbox.ts";

/** The requests to run code, one after the other; what waits behind one that fails is dropped with it. */
export interface Executions {
  /** Runs it now, or when those before it have run. */
  add(request: Message, back: Back): Promise<void>;
  /** The cell whose code runs or is waited for. */
  running(): Cell | undefined;
}

export interface ExecutionsOptions {
  readonly outbox: Outbox;
  readonly runner: Runner;
  readonly cells: Cells;
  readonly reruns: CellReruns;
  readonly channels: Pick<Channels, "running" | "ended">;
}

interface Waiting {
  readonly request: Message;
  readonly back: Back;
}

/** Time for requests that were sent before a cell failed to arrive, so that they are dropped with it. */
const drainMs = 20;

export function createExecutions(options: ExecutionsOptions): Executions {
  const { outbox, runner, cells, reruns, channels } = options;
  const waiting: Waiting[] = [];
  let running: Cell | undefined;
  let busy = false;
  let count = 0;

  async function execute(request: Message): Promise<Record<string, unknown>> {
    const code = String(request.content.code ?? "");
    const silent = request.content.silent === true;
    if (!silent && request.content.store_history !== false) count++;
    const send: Cell["publish"] = (type, content) => outbox.publish(type, request, content);
    const cell = openCell(request, count, send, runner.readable);
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
    channels.ended();
    if (failure) return { status: "error", execution_count: cell.count, ...failure };
    return { status: "ok", execution_count: cell.count, user_expressions: {}, payload: [] };
  }

  async function runNext({ request, back }: Waiting): Promise<void> {
    outbox.status("busy", request);
    const result = await execute(request);
    const dropped: Waiting[] = [];
    if (result.status === "error" && request.content.stop_on_error !== false) {
      await delay(drainMs);
      dropped.push(...waiting.splice(0));
    }
    outbox.reply(back, "execute_reply", request, result);
    outbox.status("idle", request);
    for (const { back, request } of dropped) {
      outbox.status("busy", request);
      outbox.reply(back, "execute_reply", request, { status: "aborted", execution_count: count });
      outbox.status("idle", request);
    }
  }

  return {
    add: async (request, back) => {
      waiting.push({ request, back });
      if (busy) return;
      busy = true;
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await runNext(next);
      busy = false;
    },
    running: () => running,
  };
}
