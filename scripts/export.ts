import { exportMain } from "../src/app/commands/export.ts";

process.exitCode = await exportMain(process.argv.slice(2));
