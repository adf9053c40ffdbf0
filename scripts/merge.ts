import { mergeMain } from "../src/app/commands/merge.ts";
import { runProgram } from "../src/app/terminal/output.ts";

await runProgram(mergeMain);
