import { publishMain } from "../src/app/commands/databases/publish.ts";
import { runProgram } from "../src/app/terminal/output.ts";

await runProgram(publishMain);
