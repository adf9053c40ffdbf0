import { archiveMain } from "../src/app/commands/archive.ts";
import { runProgram } from "../src/app/terminal/output.ts";

await runProgram(archiveMain);
