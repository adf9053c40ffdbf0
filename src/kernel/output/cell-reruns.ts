import type { Message } from "../wire.ts";

/** What is to be cleaned up when a cell runs again or has been deleted; cells are told apart by the id that JupyterLab sends with the code. */
export interface CellReruns {
  /** Before the code of a request runs: calls back what its cell, and those deleted since the last request, have left behind. */
  starts(request: Message): void;
  /** The returned function takes the registration back. */
  add(request: Message | undefined, cleanUp: () => void): () => void;
}

export function createCellReruns(logError: (problem: unknown) => void): CellReruns {
  const left = new Map<string, Set<() => void>>();
  return {
    starts: (request) => {
      for (const id of [cellId(request), ...deletedCells(request)]) {
        const cleanUps = left.get(id ?? "") ?? [];
        left.delete(id ?? "");
        for (const cleanUp of cleanUps) {
          try {
            cleanUp();
          } catch (problem) {
            logError(problem);
          }
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

function deletedCells({ metadata }: Message): readonly string[] {
  return Array.isArray(metadata.deletedCells) ? metadata.deletedCells.map(String) : [];
}
