import { archiveMain } from "../src/app/archive-main.ts";

process.exitCode = await archiveMain(process.argv.slice(2));
