import { startMain } from "../src/app/commands/start.ts";
import { runProgram } from "../src/app/terminal/output.ts";

await runProgram(startMain);
