import { openRelay } from "../../src/pipeline/desk/relay/relay.ts";

// A relay that ends as if by SIGKILL: node relay-child.ts DB TO STEPS MS. After so many steps, or so many milliseconds.
const [db, to, steps, ms] = process.argv.slice(2) as [string, string, string, string];
const kill = (): void => {
  process.kill(process.pid, "SIGKILL");
};
let left = Number(steps);
setTimeout(kill, Number(ms)).unref();
const relay = await openRelay({
  db,
  to,
  user: { user: "default", password: "" },
  nowUs: () => Date.now() * 1000,
  onStep: () => {
    if (--left === 0) kill();
  },
});
await relay.pass();
await relay.confirm();
relay.close();
