import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import pl from "nodejs-polars";
import { tempFolder } from "../../support/temp.ts";

const CHILD = fileURLToPath(new URL("../../support/read-child.ts", import.meta.url));

const FORMS: readonly string[][] = [
  ["2024-03-10", "2024-03-11", "2024-03-12"],
  ["2024-03-10 00:00", "2024-03-10 01:00", "2024-03-10 03:00"],
  ["2024-03-10T00:00:00", "2024-03-10T01:00:00", "2024-03-10T03:00:00"],
  ["2024-03-10 00:00:00Z", "2024-03-10 02:30:00Z", "2024-03-10 05:00:00Z"],
  ["2024/03/30 00:00", "2024/03/31 00:00", "2024/04/01 00:00"],
  ["13/03/2024 01:00 AM", "14/03/2024 01:00 AM", "15/03/2024 01:00 AM"],
  ["Mar 10, 2024", "Mar 11, 2024", "Mar 12, 2024"],
  ["20240310", "20240311", "20240312"],
  ["20240310 003000", "20240310 013000", "20240310 033000"],
  ["1710028800", "1710032400", "1710036000"],
];

test("a file has the same bytes on every machine: under UTC, in New York and in Kolkata", (t) => {
  const folder = tempFolder(t);
  const paths = FORMS.map((times, i) => {
    const path = join(folder, `${i}.csv`);
    writeFileSync(path, `time;close\n${times.map((time, k) => `${time};${k + 1}.5\n`).join("")}`);
    return path;
  });
  const frame = join(folder, "naive.parquet");
  const naive = pl.DataFrame({ time: [1710028800000, 1710032400000], close: [1, 2] });
  writeFileSync(frame, naive.withColumn(pl.col("time").cast(pl.Datetime("ms"))).writeParquet({}));
  paths.push(frame);
  for (const options of [{}, { tz: "Europe/Berlin" }]) {
    const outputs = ["UTC", "America/New_York", "Asia/Kolkata"].map((TZ) => {
      const run = spawnSync(process.execPath, [CHILD, JSON.stringify(options), ...paths], {
        env: { ...process.env, TZ, LANG: TZ === "UTC" ? "C" : "de_DE.UTF-8" },
        encoding: "utf8",
      });
      assert.equal(run.status, 0, run.stderr);
      return run.stdout.trimEnd().split("\n");
    });
    // the machines do differ
    assert.equal(new Set(outputs.map((lines) => lines.at(-1))).size, 3);
    for (const lines of outputs) assert.deepEqual(lines.slice(0, -1), outputs[0]!.slice(0, -1));
  }
});
