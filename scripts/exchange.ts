import { exchangeMain } from "../src/app/exchange-main.ts";

process.exitCode = await exchangeMain(process.argv.slice(2));
