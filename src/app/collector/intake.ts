import type { Trade } from "../../core/trade.ts";
import type { BackgroundWriter } from "../../pipeline/store/write/background-writer.ts";
import { createBatch, pushTrade, type TradeBatch } from "../../pipeline/store/write/batch.ts";

/** A batch is handed to the writer when it is this full. */
const BATCH_TRADES = 5000;
/** With this many trades waiting for the disk the socket is no longer read, until they are down to the second number. */
const PAUSE_AT = 200_000;
const RESUME_AT = 50_000;

/** Trades on their way to the writer: gathered into batches, and held back while the disk is behind. */
export interface Intake {
  add(symbolIndex: number, trade: Trade): void;
  /** Hands over what has been gathered. */
  flush(): void;
  /** To be told of each commit: lets the socket go on when the disk has caught up. */
  committed(): void;
  /** Received and not committed yet. */
  pending(): number;
}

export function intake(
  writer: Pick<BackgroundWriter, "append" | "pending">,
  socket: { pause(waiting: number): void; resume(): void },
): Intake {
  let batch: TradeBatch = createBatch(BATCH_TRADES);
  let paused = false;
  const flush = (): void => {
    if (batch.length === 0) return;
    writer.append(batch);
    batch = createBatch(BATCH_TRADES);
    if (paused || writer.pending() <= PAUSE_AT) return;
    paused = true;
    socket.pause(writer.pending());
  };
  return {
    add: (symbolIndex, trade) => {
      pushTrade(batch, symbolIndex, trade);
      if (batch.length === BATCH_TRADES) flush();
    },
    flush,
    committed: () => {
      if (!paused || writer.pending() >= RESUME_AT) return;
      paused = false;
      socket.resume();
    },
    pending: () => writer.pending() + batch.length,
  };
}
