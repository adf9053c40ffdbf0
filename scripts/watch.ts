import { watchMain } from "../src/app/commands/watch.ts";
import { runProgram } from "../src/app/terminal/output.ts";

await runProgram(watchMain);
