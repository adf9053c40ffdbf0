import { backupMain } from "../src/app/commands/backup.ts";
import { runProgram } from "../src/app/terminal/output.ts";

await runProgram(backupMain);
