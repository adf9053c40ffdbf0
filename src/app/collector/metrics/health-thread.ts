import { parentPort, workerData } from "node:worker_threads";
import { quote } from "../../../core/errors.ts";
import { openHistory } from "../../../pipeline/archive/history.ts";
import { systemClock } from "../../clock.ts";
import { exitCodeOf } from "../../doctor/diagnosis.ts";
import { diagnose } from "../../doctor/doctor.ts";
import type { Health } from "./health.ts";

/** The thread of a `HealthWatch`: one examination for each message. */
const { db } = workerData as { db: string };

function examine(): Health {
  const nowUs = systemClock.nowUs();
  try {
    const store = openHistory(db);
    try {
      const diagnosis = diagnose(store, { since: "15m", sampleTrades: 1000 }, nowUs);
      const holes: Record<string, number> = {};
      for (const { trades } of diagnosis.series) {
        for (const [state, { holes: count }] of Object.entries(trades?.holes ?? {}))
          holes[state] = (holes[state] ?? 0) + count;
      }
      const findings = diagnosis.findings
        .filter(({ attention }) => attention)
        .map(({ code, text, symbol }) => ({ code, text, ...(symbol !== undefined && { symbol }) }));
      return { exitCode: exitCodeOf(diagnosis), findings, holes, checkedUs: nowUs };
    } finally {
      store.close();
    }
  } catch (error) {
    const text = quote((error as Error).message, 500).slice(1, -1);
    return { exitCode: 2, findings: [{ code: "refused", text }], holes: {}, checkedUs: nowUs };
  }
}

parentPort!.on("message", () => parentPort!.postMessage(examine()));
