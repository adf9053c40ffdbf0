import { archiveMain } from "../src/app/commands/archive.ts";

process.exitCode = await archiveMain(process.argv.slice(2));
