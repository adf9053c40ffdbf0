import { doctorMain } from "../src/app/doctor-main.ts";

process.exitCode = doctorMain(process.argv.slice(2));
