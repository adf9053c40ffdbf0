import { projectNode } from "./node.mjs";
import { inProject, programIn } from "./paths.mjs";
import { peers, peersFolder } from "./python.mjs";
import { runProgram } from "./run-program.mjs";

/** Measures beside the peers, whose environment is made when it is needed first; or, with `--growth`, by itself. */
export async function runBench(args) {
  if (args.includes("--growth")) {
    const others = args.filter((arg) => arg !== "--growth");
    return await runProgram(projectNode(), [inProject("bench", "growth", "main.ts"), ...others]);
  }
  const measures = !args.some((arg) => ["--help", "-h", "--documents"].includes(arg));
  if (measures && !(await peers.isCurrent())) await peers.make();
  process.env.TICKBOOK_PEERS = programIn(peersFolder, "python");
  return await runProgram(projectNode(), [inProject("bench", "compare", "main.ts"), ...args]);
}
