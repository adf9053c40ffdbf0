import { readFile } from "../../src/pipeline/files/read-file.ts";
import { NOW_US } from "./files.ts";

// reads the files it is given, and says what is in them: every time and every value
const [options, ...paths] = process.argv.slice(2);
for (const path of paths) {
  const { series, trades, told } = readFile(path, JSON.parse(options!), { voice: "flags", nowUs: NOW_US });
  const columns = [
    ...series.flatMap(({ timeUs, close }) => [timeUs, close]),
    ...trades.map(({ columns }) => columns.tradeTimeUs),
  ];
  console.log(JSON.stringify([path, told, columns.map((column) => [...column])]));
}
console.log(new Date(2024, 0, 2).toISOString());
