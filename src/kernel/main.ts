import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";
import { projectRoot } from "./project-root.ts";

// what TypeScript compiles to is kept from one start to the next: a third of the time until the first answer
enableCompileCache(join(projectRoot, "node_modules", ".cache", "tickbook"));
await import("./kernel.ts");
// a kernel may be killed
flushCompileCache();
