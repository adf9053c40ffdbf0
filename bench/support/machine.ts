import os from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
}

export const machine = (): Machine => ({
  processor: os.cpus()[0]?.model ?? "unknown",
  cores: os.availableParallelism(),
  memoryGb: Math.round(os.totalmem() / 1e9),
  system: `${process.platform} ${process.arch}`,
});

/** Above it, what is measured is the machine's other work as well. */
export const BUSY = 0.1;

export const isQuiet = (othersShares: readonly number[]): boolean =>
  othersShares.every((share) => share <= BUSY);

/** The share of the cores that is busy while we do nothing. */
export async function othersShare(ms = 500): Promise<number> {
  const before = ticks();
  await sleep(ms);
  const after = ticks();
  const all = after.all - before.all;
  return all === 0 ? 0 : 1 - (after.idle - before.idle) / all;
}

function ticks(): { readonly idle: number; readonly all: number } {
  let [idle, all] = [0, 0];
  for (const { times } of os.cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { idle, all };
}
