import { importMain } from "../src/app/import-main.ts";

process.exitCode = await importMain(process.argv.slice(2));
