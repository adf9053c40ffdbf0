import { type Comm, type CommData, kernelApi } from "./kernel-api.ts";

const mostKept = 200;

/** Answers a page that asks about something that a cell has handed over; undefined: the kernel no longer has it. */
type Answer<Kept> = (kept: Kept | undefined, data: CommData) => CommData | Promise<CommData>;

/**
 * Keeps something, so that the page can ask about it by a comm of this target, until its cell runs again. The page names it by
 * the id that is given back, in the field `of`; undefined where nobody can ask.
 */
export function handOver<Kept>(target: string, kept: Kept, answer: Answer<Kept>): string | undefined {
  const kernel = kernelApi();
  if (!kernel) return undefined;
  const place = globalThis as unknown as Record<symbol, Map<string, Kept> | undefined>;
  const key = Symbol.for(`${target}.handed`);
  place[key] ??= opened(target, new Map(), answer);
  const all = place[key];
  const id = String(nextId++);
  all.set(id, kept);
  kernel.onCellRerun(() => all.delete(id));
  for (const old of [...all.keys()].slice(0, -mostKept)) all.delete(old);
  return id;
}

let nextId = Date.now();

function opened<Kept>(target: string, all: Map<string, Kept>, answer: Answer<Kept>): Map<string, Kept> {
  kernelApi()?.comms.onOpen(target, async (comm: Comm, data) => {
    comm.send(await answer(all.get(String(data.of)), data));
    comm.close();
  });
  return all;
}
