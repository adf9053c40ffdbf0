import { importMain } from "../src/app/commands/import.ts";
import { runProgram } from "../src/app/terminal/output.ts";

await runProgram(importMain);
