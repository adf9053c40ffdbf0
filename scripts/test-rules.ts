import { testRulesMain } from "../src/app/commands/test-rules.ts";
import { runProgram } from "../src/app/terminal/output.ts";

await runProgram(testRulesMain);
