import { doctorMain } from "../src/app/commands/doctor.ts";
import { runProgram } from "../src/app/terminal/output.ts";

await runProgram(doctorMain);
