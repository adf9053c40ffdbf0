import { controlMain } from "../src/app/commands/control.ts";
import { runProgram } from "../src/app/terminal/output.ts";

await runProgram(controlMain);
