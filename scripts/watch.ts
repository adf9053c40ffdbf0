import { watchMain } from "../src/app/commands/watch.ts";
import { outliveReaders } from "../src/app/terminal/output.ts";

outliveReaders();
process.exitCode = await watchMain(process.argv.slice(2));
