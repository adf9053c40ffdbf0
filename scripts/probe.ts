import { probeMain } from "../src/app/commands/probe.ts";
import { runProgram } from "../src/app/terminal/output.ts";

await runProgram(probeMain);
