// Every npm script comes in here, on whatever Node the machine has: plain JavaScript, nothing installed yet.
import { outliveReaders } from "./setup/output.mjs";

const oldest = 20;
const version = process.versions.node;

outliveReaders();
if (Number.parseInt(version, 10) < oldest) {
  process.stderr.write(
    `tickbook: Node ${oldest} or newer is needed; this is ${version}. Install a current one from https://nodejs.org and run the command again.\n`,
  );
  process.exitCode = 1;
} else {
  const { main } = await import("./setup/main.mjs");
  process.exitCode = await main(process.argv.slice(2));
}
