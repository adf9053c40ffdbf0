import { reportMain } from "../src/app/report-main.ts";

process.exitCode = await reportMain(process.argv.slice(2));
