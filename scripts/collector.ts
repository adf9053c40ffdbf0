import { collectMain } from "../src/app/commands/collect.ts";
import { outliveReaders } from "../src/app/terminal/output.ts";

outliveReaders();
process.exitCode = await collectMain(process.argv.slice(2));
