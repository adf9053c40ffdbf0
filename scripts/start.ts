import { startMain } from "../src/app/start.ts";

process.exitCode = await startMain(process.argv.slice(2));
