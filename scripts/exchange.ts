import { exchangeMain } from "../src/app/exchange-main.ts";
import { outliveReaders } from "../src/app/output.ts";

outliveReaders();
process.exitCode = await exchangeMain(process.argv.slice(2));
