import { backupMain } from "../src/app/commands/databases/backup.ts";
import { runProgram } from "../src/app/terminal/output.ts";

await runProgram(backupMain);
