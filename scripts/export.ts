import { exportMain } from "../src/app/export-main.ts";

process.exitCode = await exportMain(process.argv.slice(2));
