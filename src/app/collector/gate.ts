import { quote } from "../../core/errors.ts";
import { type Clock, formatUtc } from "../../core/time.ts";
import type { Trade } from "../../core/trade.ts";
import { tradeDefect } from "../../pipeline/store/write/batch.ts";
import { spanText } from "../doctor/words.ts";
import type { Log } from "../terminal/log.ts";

/** The newest trade of a symbol: the highest id, and the latest time (NaN: not known). */
export interface Newest {
  readonly id: number;
  readonly timeUs: number;
}

export interface GateSettings {
  readonly clock: Clock;
  readonly log: Log;
  /** Whether the venue's times are of this world: those of a tape, or of a market at another pace, are not ours to judge. */
  readonly isOurTime: boolean;
  /** The newest id that the exchange has, by REST. */
  readonly newestId: (symbol: string) => Promise<number>;
  /** Keeps what was received and can't be stored. */
  readonly quarantine: (why: string, what: unknown) => void;
  /** On to the store. */
  readonly pass: (symbolIndex: number, trade: Trade) => void;
  /** What follows this id is to be had from REST. */
  readonly missed: (symbol: string, afterId: number) => void;
}

/** Lets through what can be a trade of the symbols asked for. */
export interface Gate {
  /** One more symbol, with the next index, and what is held of it. */
  add(symbol: string, newest: Newest | undefined): void;
  received(trade: Trade): void;
  reject(why: string, what: unknown): void;
  /** How much was rejected. */
  rejected(): number;
  /** The highest id known of a symbol. */
  newestId(symbol: string): number | undefined;
  /** How many trades of a symbol were refused because the exchange's ids have started over; 0: they have not. */
  anew(symbolIndex: number): number;
}

/** The oldest exchange of this kind opened in 2017. */
const EARLIEST_US = 1_483_228_800_000_000;
const DAY_US = 86_400_000_000;
/** So many trades in a row that are ahead by as much say that our own clock is behind. */
const CLOCK_SURE = 10;
/** A jump this far ahead is unlikely: it waits until REST, or the stream itself by going on from there, confirms it. */
const JUMP_IDS = 100_000;
/** No exchange's first id that we see is beyond. */
const FIRST_IDS = 1e12;
const CONFIRMED_BY = 10;
const MOST_AHEAD = 10_000;
const ASK_EVERY_MS = 5000;
/** A lower id which is so much younger than what is held is of another sequence; one of so many in a row is sure. */
const YOUNGER_US = 60e6;
const SURE_AFTER = 3;

interface Lane {
  readonly symbol: string;
  newestId: number | undefined;
  newestUs: number;
  /** Trades beyond an unlikely jump, in order of arrival; how many came without one that goes on from before. */
  ahead: Trade[];
  run: number;
  askedMs: number;
  /** Lower ids with younger times, in a row; and how many were refused since that is sure. */
  backwards: number;
  anew: number;
}

export function openGate(settings: GateSettings): Gate {
  return new TradeGate(settings);
}

class TradeGate implements Gate {
  readonly #settings: GateSettings;
  readonly #lanes: Lane[] = [];
  readonly #index: Map<string, number> = new Map();
  #rejected = 0;
  /** Trades in a row that were published in our future, and how far. */
  #early = { times: 0, byUs: 0 };

  constructor(settings: GateSettings) {
    this.#settings = settings;
  }

  add(symbol: string, newest: Newest | undefined): void {
    this.#index.set(symbol, this.#lanes.length);
    this.#lanes.push({
      symbol,
      newestId: newest?.id,
      newestUs: newest?.timeUs ?? Number.NaN,
      ahead: [],
      run: 0,
      askedMs: Number.NEGATIVE_INFINITY,
      backwards: 0,
      anew: 0,
    });
  }

  received(trade: Trade): void {
    const s = this.#index.get(trade.symbol);
    const defect = s === undefined ? "the symbol was not asked for" : tradeDefect(trade);
    if (s === undefined || defect !== undefined) {
      this.reject(defect!, trade);
      return;
    }
    const lane = this.#lanes[s]!;
    if (this.#isOtherSequence(lane, trade)) return;
    if (!this.#canHaveHappened(trade)) {
      this.#setAside(lane, trade);
    } else if (this.#isJump(lane, trade.id)) {
      lane.ahead.push(trade);
      lane.run++;
      if (lane.ahead.length > MOST_AHEAD) lane.ahead.shift();
      this.#confirm(s, lane);
    } else {
      // the sequence goes on where it was
      if (trade.id > (lane.newestId ?? -1)) lane.run = 0;
      this.#pass(s, lane, trade);
    }
  }

  reject(why: string, what: unknown): void {
    this.#rejected++;
    this.#settings.quarantine(why, what);
    this.#settings.log({ level: "error", event: "bad-trade", message: `left out: ${why}: ${quote(what)}` });
  }

  rejected(): number {
    return this.#rejected;
  }

  newestId(symbol: string): number | undefined {
    return this.#lanes[this.#index.get(symbol)!]!.newestId;
  }

  anew(symbolIndex: number): number {
    return this.#lanes[symbolIndex]!.anew;
  }

  #pass(s: number, lane: Lane, trade: Trade): void {
    lane.backwards = 0;
    lane.newestId = Math.max(lane.newestId ?? trade.id, trade.id);
    if (!(lane.newestUs >= trade.tradeTimeUs)) lane.newestUs = trade.tradeTimeUs;
    this.#settings.pass(s, trade);
  }

  /**
   * A time before there were exchanges, a day from when the exchange says that it published the trade, or a day ahead of our
   * clock, unless that one is behind or the venue has a clock of its own.
   */
  #canHaveHappened({ tradeTimeUs, eventTimeUs, receivedUs }: Trade): boolean {
    if (!(tradeTimeUs > EARLIEST_US)) return false;
    const hasEvent = eventTimeUs !== null && eventTimeUs > EARLIEST_US;
    if (hasEvent && !(Math.abs(tradeTimeUs - eventTimeUs) < DAY_US)) return false;
    if (!this.#settings.isOurTime) return true;
    const behindUs = hasEvent ? this.#clockBehindUs(eventTimeUs - receivedUs) : 0;
    return tradeTimeUs < receivedUs + behindUs + DAY_US;
  }

  /** How far our clock is behind the exchange's, as many trades in a row have it; 0: less than a day. */
  #clockBehindUs(aheadUs: number): number {
    const before = this.#early;
    if (!(aheadUs >= DAY_US)) {
      if (before.times >= CLOCK_SURE)
        this.#settings.log({
          level: "info",
          event: "clock",
          message: "this machine's clock is right again",
        });
      this.#early = { times: 0, byUs: 0 };
      return 0;
    }
    const isSame = Math.abs(aheadUs - before.byUs) < DAY_US;
    this.#early = { times: isSame ? before.times + 1 : 1, byUs: aheadUs };
    if (this.#early.times < CLOCK_SURE) return 0;
    if (this.#early.times === CLOCK_SURE) {
      const message = `this machine's clock is behind the exchange's by ${spanText(aheadUs)}: trades are stored with the exchange's own times, and as received when this clock says; let a time server set it`;
      this.#settings.log({ level: "error", event: "clock", message });
    }
    return aheadUs;
  }

  #setAside(lane: Lane, trade: Trade): void {
    const { symbol, id, tradeTimeUs } = trade;
    this.#rejected++;
    this.#settings.quarantine("its time can't be: it waits until REST has given it", trade);
    const message = `${symbol}: trade ${id} says it happened at ${quote(formatUtc(tradeTimeUs))}, which can't be; it waits aside until REST has given it`;
    this.#settings.log({ level: "warn", event: "odd-time", symbol, message });
    if (lane.newestId !== undefined && id > lane.newestId) this.#settings.missed(symbol, lane.newestId);
  }

  #isJump({ newestId }: Lane, id: number): boolean {
    return newestId === undefined ? id > FIRST_IDS : id - newestId > JUMP_IDS;
  }

  #confirm(s: number, lane: Lane): void {
    const last = lane.ahead.slice(-CONFIRMED_BY);
    const goesOn = last.every(({ id }, i) => i === 0 || Math.abs(id - last[i - 1]!.id) < JUMP_IDS);
    if (lane.run >= CONFIRMED_BY && goesOn) {
      this.#letThrough(s, lane, last.at(-1)!.id);
      return;
    }
    const nowMs = this.#settings.clock.monotonicMs();
    if (nowMs < lane.askedMs + ASK_EVERY_MS) return;
    lane.askedMs = nowMs;
    const { symbol } = lane;
    const message = `${symbol}: id ${lane.ahead[0]!.id} is far ahead of ${lane.newestId ?? "any exchange's"}; it waits until REST has confirmed it`;
    this.#settings.log({ level: "warn", event: "far-ahead", symbol, message });
    this.#settings.newestId(symbol).then(
      (newest) => this.#letThrough(s, lane, newest),
      () => {},
    );
  }

  /** The exchange has ids up to this one; what is far beyond is none of its. */
  #letThrough(s: number, lane: Lane, newest: number): void {
    const waiting = lane.ahead;
    lane.ahead = [];
    lane.run = 0;
    for (const trade of waiting) {
      if (trade.id <= newest + JUMP_IDS) this.#pass(s, lane, trade);
      else this.reject(`its id is far beyond the exchange's newest, ${newest}`, trade);
    }
  }

  /** A lower id that is younger than all that is held: the exchange's ids have started over, and nothing of them is stored. */
  #isOtherSequence(lane: Lane, { id, tradeTimeUs, symbol }: Trade): boolean {
    const isBackwards = id < (lane.newestId ?? 0) && tradeTimeUs > lane.newestUs + YOUNGER_US;
    if (!isBackwards && lane.anew === 0) return false;
    lane.backwards++;
    if (lane.backwards < SURE_AFTER) return true;
    if (lane.anew++ === 0) this.#makeSure(lane);
    const message = `${symbol}: the exchange's ids have started over (${id} after ${lane.newestId}): nothing of them is stored, as two sequences in one series can't be told apart; collect them under another --venue-name or into another --db`;
    this.#settings.log({ level: "error", event: "ids-anew", symbol, message });
    return true;
  }

  /** Where REST has what comes after our newest id, the sequence is the old one. */
  #makeSure(lane: Lane): void {
    this.#settings.newestId(lane.symbol).then(
      (newest) => {
        if (newest < lane.newestId!) return;
        lane.anew = 0;
        lane.backwards = 0;
        this.#settings.missed(lane.symbol, lane.newestId!);
      },
      () => {},
    );
  }
}
