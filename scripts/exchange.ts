import { exchangeMain } from "../src/app/commands/exchange.ts";
import { outliveReaders } from "../src/app/terminal/output.ts";

outliveReaders();
process.exitCode = await exchangeMain(process.argv.slice(2));
