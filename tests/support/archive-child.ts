import { archive } from "../../src/pipeline/archive/archive.ts";

// Archives a database, and is gone without a word at the nth time that a step has been done.
const [db, step, nth] = process.argv.slice(2) as [string, string, string];
let left = Number(nth);
archive({
  db,
  partRows: 90,
  nowUs: 1,
  onStep: (done) => {
    if (done === step && --left === 0) process.kill(process.pid, "SIGKILL");
  },
});
