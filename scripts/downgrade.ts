import { downgradeMain } from "../src/app/commands/databases/downgrade.ts";
import { runProgram } from "../src/app/terminal/output.ts";

await runProgram(downgradeMain);
