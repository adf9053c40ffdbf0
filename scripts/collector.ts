import { collectMain } from "../src/app/collect-main.ts";
import { outliveReaders } from "../src/app/output.ts";

outliveReaders();
process.exitCode = await collectMain(process.argv.slice(2));
