import { doctorMain } from "../src/app/doctor-main.ts";
import { outliveReaders } from "../src/app/output.ts";

outliveReaders();
process.exitCode = doctorMain(process.argv.slice(2));
