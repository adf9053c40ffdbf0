import { importMain } from "../src/app/commands/import.ts";

process.exitCode = await importMain(process.argv.slice(2));
