import { closeSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import { e8ToText } from "../../../core/decimal.ts";
import { binanceName } from "../../files/binance-name.ts";
import { nameHints } from "../../files/file-name.ts";
import { readTradeRows } from "../../files/read-file.ts";
import { badTape, PLAYABLE_SYMBOL, type TapeRow } from "./tape-rows.ts";

/** Whether a file is a recording of ours, line by line: what a socket sent, or CSV with a receipt; else it is any file of trades. */
export function isRecording(path: string): boolean {
  if (/_trades\.csv(\.gz)?$/.test(path)) return true;
  const head = firstLine(path);
  if (head === undefined) return false;
  return /^\d+\s+\{/.test(head) || (/(^|,)"?trade_id/.test(head) && /event_time_(ms|us)/.test(head));
}

function firstLine(path: string): string | undefined {
  const bytes = Buffer.alloc(4096);
  const file = openSync(path, "r");
  try {
    const head = bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
    if (head.length === 0) return "";
    const isPacked = head[0] === 0x1f && head[1] === 0x8b;
    const text = isPacked ? gunzipSync(head, { finishFlush: 2 }) : head;
    if (!isPacked && (head[0] === 0x50 || head.includes(0))) return undefined;
    return text
      .toString("utf8")
      .replace(/^\uFEFF/, "")
      .split("\n")[0];
  } catch {
    // let the reader of lines say what is wrong with it
    return /\.(gz|csv)$/i.test(path) ? "0 {" : undefined;
  } finally {
    closeSync(file);
  }
}

/** The trades of any file that `npm run import` takes as such. They were published, as far as a file knows, when they happened. */
export function* tableRows(path: string, symbol: string | undefined, nowUs: number): Generator<TapeRow> {
  const name = basename(path);
  const given = symbol ?? binanceName(name)?.symbol ?? nameHints(name).symbol;
  const { layout, symbols, pieces } = readTradeRows(path, {}, { voice: "flags", nowUs });
  if (layout.kind === "merged" || !layout.isCounted) {
    badTape(
      path,
      "needs single trades with ids that count, and who took; got others",
      "Play a file of single trades.",
    );
  }
  for (const { batch } of pieces) {
    for (let i = 0; i < batch.length; i++) {
      const told = symbols[batch.symbol[i]!] || given;
      if (told === undefined || !PLAYABLE_SYMBOL.test(told)) {
        return badTape(
          path,
          `needs a symbol in upper case: in a column, in its name, or as SYMBOL=PATH; got ${told ?? "none"}`,
          "Pass it as SYMBOL=PATH, for example BTCUSDT=trades.csv.",
        );
      }
      const decimals = batch.decimals[i]!;
      const eventTimeUs = batch.eventTimeUs[i]!;
      yield {
        symbol: told,
        id: batch.id[i]!,
        price: e8ToText(batch.priceE8[i]!, 8 - Math.floor(decimals / 9)),
        qty: e8ToText(batch.qtyE8[i]!, 8 - (decimals % 9)),
        tradeTimeUs: batch.tradeTimeUs[i]!,
        eventTimeUs: Number.isNaN(eventTimeUs) ? batch.tradeTimeUs[i]! : eventTimeUs,
        received: 0,
        isBuyerMaker: batch.isBuyerMaker[i] === 1,
      };
    }
  }
}
