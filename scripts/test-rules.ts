import { testRulesMain } from "../src/app/test-rules-main.ts";

process.exitCode = await testRulesMain(process.argv.slice(2));
