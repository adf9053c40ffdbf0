import { startMain } from "../src/app/commands/start.ts";
import { outliveReaders } from "../src/app/terminal/output.ts";

outliveReaders();
process.exitCode = await startMain(process.argv.slice(2));
