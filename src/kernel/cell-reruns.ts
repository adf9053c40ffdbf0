import type { Message } from "./wire.ts";

/** What is to be cleaned up when a cell runs again; cells are told apart by the id that JupyterLab sends with the code. */
export interface CellReruns {
  /** Before the code of a request runs: calls back what its cell has left behind. */
  starts(request: Message): void;
  /** The returned function takes the registration back. */
  add(request: Message | undefined, cleanUp: () => void): () => void;
}

export function createCellReruns(logError: (problem: unknown) => void): CellReruns {
  const left = new Map<string, Set<() => void>>();
  return {
    starts: (request) => {
      const id = cellId(request);
      const cleanUps = id === undefined ? undefined : left.get(id);
      if (id === undefined || cleanUps === undefined) return;
      left.delete(id);
      for (const cleanUp of cleanUps) {
        try {
          cleanUp();
        } catch (problem) {
          logError(problem);
        }
      }
    },
    add: (request, cleanUp) => {
      const id = request && cellId(request);
      if (id === undefined) return () => {};
      const cleanUps = left.get(id) ?? new Set();
      left.set(id, cleanUps.add(cleanUp));
      return () => {
        cleanUps.delete(cleanUp);
      };
    },
  };
}

function cellId({ metadata }: Message): string | undefined {
  return typeof metadata.cellId === "string" && metadata.cellId !== "" ? metadata.cellId : undefined;
}
