import { collectMain } from "../src/app/commands/collect.ts";
import { runProgram } from "../src/app/terminal/output.ts";

await runProgram(collectMain);
