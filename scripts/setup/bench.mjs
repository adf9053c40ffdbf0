import { projectNode } from "./node.mjs";
import { inProject, programIn } from "./paths.mjs";
import { peers, peersFolder } from "./python.mjs";
import { runProgram } from "./run-program.mjs";

/** Measures beside the peers, whose environment is made when it is needed first. */
export async function runBench(args) {
  const measures = !args.some((arg) => ["--help", "-h", "--documents"].includes(arg));
  if (measures && !(await peers.isCurrent())) await peers.make();
  process.env.TICKBOOK_PEERS = programIn(peersFolder, "python");
  return await runProgram(projectNode(), [inProject("bench", "compare", "main.ts"), ...args]);
}
