import { runProgram } from "../src/app/terminal/output.ts";
import { serveMain } from "../src/serve/serve.ts";

await runProgram(serveMain);
