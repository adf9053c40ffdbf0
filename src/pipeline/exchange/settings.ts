/** The exchange's own limits and habits; the values are Binance's, and tests and plans scale them. */
export interface ExchangeSettings {
  readonly pingEveryMs: number;
  /** A client whose pong is missing for so long is cut off. */
  readonly pongWithinMs: number;
  readonly connectionLifeMs: number;
  /** How long before the end of a connection's life `serverShutdown` is sent; 0: never. */
  readonly shutdownNoticeMs: number;
  /** Text, ping and pong frames from one client in any second. */
  readonly messagesPerSecond: number;
  readonly streamsPerConnection: number;
  /** A control message longer than this gets no answer. */
  readonly controlBytes: number;
  /** Connection attempts of one address in five minutes. */
  readonly connectsPerFiveMinutes: number;
  /** A client that lets this much pile up is cut off. */
  readonly slowClientBytes: number;
  readonly weightPerMinute: number;
  /** Requests after HTTP 429, in the same minute, that lead to a ban. */
  readonly banAfter: number;
  /** The first ban; each further one is twice as long, up to three days. */
  readonly banMs: number;
  /** How far the database behind REST is behind the stream, in market time. */
  readonly restLagMs: number;
  /** The oldest id that REST still serves, by symbol. */
  readonly floorIds: Readonly<Record<string, number>>;
  /** What a `limit` above 1000 does. */
  readonly limitAbove1000: "clamp" | "refuse";
  /** Like the market-data-only hosts: without `historicalTrades`. */
  readonly marketDataOnly: boolean;
  /** Trades go out in steps of this length. */
  readonly paceMs: number;
  /** A tape starts so long after the last subscription, so that a client can subscribe in several messages. */
  readonly tapeStartMs: number;
}

export const BINANCE_SETTINGS: ExchangeSettings = {
  pingEveryMs: 20_000,
  pongWithinMs: 60_000,
  connectionLifeMs: 86_400_000,
  shutdownNoticeMs: 0,
  messagesPerSecond: 5,
  streamsPerConnection: 1024,
  controlBytes: 4096,
  connectsPerFiveMinutes: 300,
  slowClientBytes: 64 << 20,
  weightPerMinute: 6000,
  banAfter: 10,
  banMs: 120_000,
  restLagMs: 100,
  floorIds: {},
  limitAbove1000: "clamp",
  marketDataOnly: false,
  paceMs: 15,
  tapeStartMs: 250,
};
