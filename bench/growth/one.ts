/** One piece of work at one size, in a process of its own: its time, and the most memory the process had. */
import { median } from "../compare/result.ts";
import type { Taken } from "./growth.ts";
import { GROWTH } from "./work.ts";

const [name, unit, size, folder] = process.argv.slice(2);
const MEASURE_MS = 300;
/** What takes so long is not run again to be warm. */
const LONG_MS = 1500;

const growth = GROWTH.find((one) => one.what === name && one.unit === unit)!;
const run = await growth.prepare(folder!, Number(size));
const once = async (): Promise<Taken> => {
  const fromMs = performance.now();
  const result = await run();
  return isTaken(result) ? result : { ms: performance.now() - fromMs };
};
const first = await once();
const isRepeated = growth.once !== true && first.ms < LONG_MS;
const taken = isRepeated ? [] : [first.ms];
for (const endMs = performance.now() + MEASURE_MS; isRepeated && performance.now() < endMs; )
  taken.push((await once()).ms);
const mb = first.mb ?? process.resourceUsage().maxRSS / 1000;
process.stdout.write(`${JSON.stringify({ ms: median(taken), mb })}\n`);
process.exit();

function isTaken(result: unknown): result is Taken {
  return typeof (result as Partial<Taken> | undefined)?.ms === "number";
}
