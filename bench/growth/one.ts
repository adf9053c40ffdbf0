/** One piece of work at one size, in a process of its own: its time, and the most memory the process had. */
import { median } from "../compare/result.ts";
import { GROWTH } from "./work.ts";

const [name, unit, size, folder] = process.argv.slice(2);
const MEASURE_MS = 300;
/** What takes so long is not run again to be warm. */
const LONG_MS = 1500;

const growth = GROWTH.find((one) => one.what === name && one.unit === unit)!;
const run = await growth.prepare(folder!, Number(size));
const taken: number[] = [];
const once = async (): Promise<number> => {
  const fromMs = performance.now();
  const result = await run();
  return typeof result === "number" ? result : performance.now() - fromMs;
};
const firstMs = await once();
const isRepeated = growth.once !== true && firstMs < LONG_MS;
for (const endMs = performance.now() + MEASURE_MS; isRepeated && performance.now() < endMs; )
  taken.push(await once());
const ms = isRepeated ? median(taken) : firstMs;
process.stdout.write(`${JSON.stringify({ ms, mb: process.resourceUsage().maxRSS / 1000 })}\n`);
process.exit();
