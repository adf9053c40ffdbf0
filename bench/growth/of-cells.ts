import { readFileSync } from "node:fs";
import { startKernel } from "../../tests/support/kernel.ts";
import { projectRoot } from "../../tests/support/project.ts";
import { median } from "../compare/result.ts";
import type { Growth } from "./growth.ts";

const NEWEST = 15;

/** As a reader's notebook goes on: an import, a value of the cell before, a function, a type, a result. */
const cellOf = (k: number): string => `import { rollingZScore as z${k} } from "tickbook";
interface Row${k} { readonly value: number }
const rows${k}: Row${k}[] = Array.from({ length: 100 }, (_, i) => ({ value: i + ${k} }));
function sum${k}(rows: readonly Row${k}[]): number { return rows.reduce((all, { value }) => all + value, 0); }
const total${k} = sum${k}(rows${k}) + ${k === 0 ? 0 : `total${k - 1}`};
total${k} + Number(typeof z${k} === "function")`;

export const cells: readonly Growth[] = [
  {
    what: "the next cell of a notebook",
    unit: "cells",
    sizes: [10, 25, 60, 200],
    amount: () => 1,
    grows: "nothing",
    once: true,
    prepare: async (_, n) => {
      const kernel = await startKernel({ folder: projectRoot });
      return async () => {
        const times: number[] = [];
        let mb = Number.NaN;
        try {
          for (let k = 0; k < n; k++) {
            const { reply, seconds } = await kernel.run(cellOf(k), { timeout: 60 });
            if (reply.status !== "ok") throw new Error(`cell ${k}: ${reply.evalue ?? reply.status}`);
            times.push(1000 * seconds);
          }
          mb = memoryMb(kernel.pid);
        } finally {
          await kernel.stop();
        }
        return { ms: median(times.slice(-NEWEST)), mb };
      };
    },
  },
];

/** What the kernel's process holds of the machine's memory. */
function memoryMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes ?? Number.NaN) / 1000;
}
