import { exchangeMain } from "../src/app/commands/exchange.ts";
import { runProgram } from "../src/app/terminal/output.ts";

await runProgram(exchangeMain);
