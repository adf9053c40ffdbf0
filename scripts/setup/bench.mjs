import { projectNode } from "./node.mjs";
import { inProject, programIn } from "./paths.mjs";
import { peers, peersFolder } from "./python.mjs";
import { runProgram } from "./run-program.mjs";

/** Measures beside the peers, whose environment is made when it is needed first; or, with `--growth` or `--charts`, by itself. */
export async function runBench(args) {
  for (const kind of ["growth", "charts"]) {
    if (!args.includes(`--${kind}`)) continue;
    const others = args.filter((arg) => arg !== `--${kind}`);
    return await runProgram(projectNode(), [inProject("bench", kind, "main.ts"), ...others]);
  }
  const measures = !args.some((arg) => ["--help", "-h", "--documents"].includes(arg));
  if (measures && !(await peers.isCurrent())) await peers.make();
  process.env.TICKBOOK_PEERS = programIn(peersFolder, "python");
  return await runProgram(projectNode(), [inProject("bench", "compare", "main.ts"), ...args]);
}
