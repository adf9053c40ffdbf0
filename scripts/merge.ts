import { mergeMain } from "../src/app/commands/databases/merge.ts";
import { runProgram } from "../src/app/terminal/output.ts";

await runProgram(mergeMain);
