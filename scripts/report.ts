import { reportMain } from "../src/app/commands/report.ts";
import { runProgram } from "../src/app/terminal/output.ts";

await runProgram(reportMain);
