// Runs a tool, and ends it with all it has started when the set-up that asked for it ends or dies.
// Without this, an installer orphaned by a kill would go on writing beside the next one.
import { spawn } from "node:child_process";
import { outliveReaders } from "./output.mjs";

outliveReaders();
const windows = process.platform === "win32";
const [command, ...args] = process.argv.slice(2);
const tool = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"], detached: !windows });

function end() {
  try {
    if (windows) tool.kill("SIGKILL");
    else process.kill(-tool.pid, "SIGKILL");
  } catch {
    // it has ended already
  }
}

process.on("disconnect", end);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, end);
tool.on("error", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
tool.on("exit", (code) => process.exit(code ?? 1));
