import { outliveReaders } from "../src/app/output.ts";
import { watchMain } from "../src/app/watch-main.ts";

outliveReaders();
process.exitCode = await watchMain(process.argv.slice(2));
