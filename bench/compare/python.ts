import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** peers.py, running: its imports and compilations are behind it when a time is taken. */
export interface Peers {
  readonly versions: Readonly<Record<string, string>>;
  /** Seconds of one run, or what went wrong there. */
  time(job: string, folder: string, n: number): Promise<number | string>;
  end(): void;
}

export async function startPeers(python: string): Promise<Peers> {
  const script = fileURLToPath(new URL("../peers.py", import.meta.url));
  // one thread of BLAS is the faster for them at these sizes
  const env = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", PYTHONWARNINGS: "ignore" };
  const child = spawn(python, [script], { env, stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async <T>(): Promise<T> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${python}: the peers' side has ended`);
    return JSON.parse(value) as T;
  };
  const { versions } = await answer<{ versions: Record<string, string> }>();
  return {
    versions,
    time: async (job, folder, n) => {
      child.stdin.write(`${JSON.stringify({ job, folder, n })}\n`);
      const { s, error } = await answer<{ s?: number; error?: string }>();
      return s ?? error ?? "no time came";
    },
    end: () => child.stdin.end(),
  };
}
