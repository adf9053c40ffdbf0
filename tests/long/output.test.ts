import { join } from "node:path";
import { worksUnread } from "../support/closed-output.ts";
import { projectRoot } from "../support/project.ts";

// the other commands: tests/app/terminal/output.test.ts
worksUnread("check", () => ({ flags: [], isDone: () => true }), 1);
const doctor = join(projectRoot, "scripts", "doctor.ts");
worksUnread("format", () => ({ flags: [doctor], isDone: () => true }), 2);
