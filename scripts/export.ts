import { exportMain } from "../src/app/commands/export.ts";
import { runProgram } from "../src/app/terminal/output.ts";

await runProgram(exportMain);
