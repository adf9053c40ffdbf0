import { outliveReaders } from "../src/app/output.ts";
import { startMain } from "../src/app/start.ts";

outliveReaders();
process.exitCode = await startMain(process.argv.slice(2));
