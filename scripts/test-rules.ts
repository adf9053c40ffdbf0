import { testRulesMain } from "../src/app/commands/test-rules.ts";

process.exitCode = await testRulesMain(process.argv.slice(2));
