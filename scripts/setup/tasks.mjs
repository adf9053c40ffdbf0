import { runBench } from "./bench.mjs";
import { runChecks, runFormat } from "./checks.mjs";
import { runDeskTests } from "./desk-engine.mjs";
import { changePackages } from "./packages.mjs";
import { runTests } from "./tests.mjs";
import { updateProject } from "./update.mjs";

const node = ["dependencies", "build"];
const all = [...node, "python", "jupyter", "labextension"];

/** What `npm run <task>` needs to be set up first, and the program or the work that it then runs. */
export const tasks = {
  start: { needs: all, program: "start.js" },
  collect: { needs: node, program: "collector.js" },
  exchange: { needs: node, program: "exchange.js" },
  doctor: { needs: node, program: "doctor.js" },
  watch: { needs: node, program: "watch.js" },
  serve: { needs: [...node, "page"], program: "serve.js" },
  "test-rules": { needs: node, program: "test-rules.js" },
  import: { needs: node, program: "import.js" },
  backup: { needs: node, program: "backup.js" },
  downgrade: { needs: node, program: "downgrade.js" },
  probe: { needs: node, program: "probe.js" },
  merge: { needs: node, program: "merge.js" },
  publish: { needs: node, program: "publish.js" },
  control: { needs: node, program: "control.js" },
  archive: { needs: node, program: "archive.js" },
  export: { needs: node, program: "export.js" },
  report: { needs: node, program: "report.js" },
  add: { needs: node, work: (names) => changePackages("add", names) },
  remove: { needs: node, work: (names) => changePackages("remove", names) },
  update: { needs: [], work: (args) => updateProject(args) },
  test: { needs: [...all, "page"], work: (args) => runTests("tests", args) },
  "test:long": { needs: all, work: (args) => runTests("tests/long", args) },
  "test:desk": { needs: all, work: runDeskTests },
  bench: { needs: all, work: runBench },
  build: { needs: node, work: () => 0 },
  setup: { needs: all, work: () => 0 },
  check: { needs: ["dependencies"], work: runChecks },
  format: { needs: ["dependencies"], work: runFormat },
};
