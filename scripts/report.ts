import { reportMain } from "../src/app/commands/report.ts";

process.exitCode = await reportMain(process.argv.slice(2));
