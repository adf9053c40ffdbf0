import { collectMain } from "../src/app/commands/collect/collect.ts";
import { runProgram } from "../src/app/terminal/output.ts";

await runProgram(collectMain);
