import type { Random } from "../../core/random.ts";
import type { Clock } from "../../core/time.ts";
import type { Venue } from "../../core/trade.ts";
import type { HttpGet } from "../../pipeline/net/http.ts";
import type { OpenSocket } from "../../pipeline/net/socket.ts";
import type { Host } from "../../pipeline/venues/binance/info.ts";
import type { Log } from "../terminal/log.ts";
import type { ArchivePlan } from "./archiving/schedule.ts";
import type { SymbolChoice } from "./symbols/choice.ts";

export interface CollectSettings {
  readonly hosts: readonly Host[];
  /** What is at the hosts, where that is known before they answer; undefined: they name themselves. */
  readonly venue: Venue | undefined;
  readonly symbols: SymbolChoice;
  /** All symbols that the exchange has, where that is known without asking: those of a tape, of which none has traded yet. */
  readonly listed?: readonly string[] | undefined;
  readonly db: string;
  /** Undefined: no day goes into the archive, and none is removed. */
  readonly archive?: ArchivePlan | undefined;
  /** Whether closes of one-minute klines are asked for at the start; only of a real exchange unless told. */
  readonly klines?: boolean;
  /** Give up with `unreachable` instead of trying on when no host serves us at the start. */
  readonly failIfUnreachable: boolean;
  /** Nothing can be stored any more: the database is damaged, or the writer has a defect. */
  readonly onFailure: (error: Error) => void;
  /** Keeps what was received and can't be stored. */
  readonly quarantine: (why: string, what: unknown) => void;
}

/** What the collector needs of the world. */
export interface CollectWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly get: HttpGet;
  readonly openSocket: OpenSocket;
  readonly log: Log;
  /** Ends the attempts to reach an exchange. */
  readonly signal: AbortSignal;
}
