import { collectMain } from "../src/app/collect-main.ts";

process.exitCode = await collectMain(process.argv.slice(2));
