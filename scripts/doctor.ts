import { doctorMain } from "../src/app/commands/doctor.ts";
import { outliveReaders } from "../src/app/terminal/output.ts";

outliveReaders();
process.exitCode = doctorMain(process.argv.slice(2));
