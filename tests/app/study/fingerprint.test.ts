import assert from "node:assert/strict";
import { test } from "node:test";
import { differences, fingerprintOf } from "../../../src/app/study/fingerprint.ts";

const of = (figure: number, last: number, units: string) =>
  fingerprintOf({ figure, none: Number.NaN }, { z: Float64Array.of(4, Number.NaN, last), units: [units] });

const was = of(-1072.6726113719749, 1e-12, "[-16.439681045865065,0.7138496506837687]");

test("differences tells every digit, and with room for rounding what is other by more than that", () => {
  const rounded = of(-1072.6726113719897, 2e-12, "[-16.439681045865072,0.7138496506837685]");
  assert.deepEqual(differences(was, was), []);
  assert.equal(differences(was, rounded).length, 3);
  assert.deepEqual(differences(was, rounded, 1e-9), []);
  const others = [
    of(-1072.6726, 1e-12, "[-16.439681045865065,0.7138496506837687]"),
    of(-1072.6726113719749, 1e-8, "[-16.439681045865065,0.7138496506837687]"),
    of(-1072.6726113719749, Number.NaN, "[-16.439681045865065,0.7138496506837687]"),
    of(-1072.6726113719749, 1e-12, "[-16.43968,0.7138496506837687]"),
    of(-1072.6726113719749, 1e-12, "[-16.439681045865065]"),
  ];
  for (const other of others) assert.equal(differences(was, other, 1e-9).length, 1);
});
