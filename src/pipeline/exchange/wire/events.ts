import { aggregate } from "../aggregate.ts";
import type { MarketTrade, SymbolInfo } from "../source.ts";
import { inUnit, type TimeUnit } from "../units.ts";

/** How a connection wants its events: wrapped in `{"stream","data"}` or bare, in milliseconds or microseconds. */
export interface Encoding {
  readonly combined: boolean;
  readonly unit: TimeUnit;
}

/** One message of one stream, encoded once however many clients there are. */
export interface StreamEvent {
  readonly stream: string;
  frame(encoding: Encoding): Buffer;
}

/** The names under which a symbol's trades are carried, made once. */
export interface SymbolStreams {
  readonly trade: string;
  readonly aggTrade: string;
}

export function symbolStreams({ symbol }: SymbolInfo): SymbolStreams {
  const lower = symbol.toLowerCase();
  return { trade: `${lower}@trade`, aggTrade: `${lower}@aggTrade` };
}

/** The events of a batch in the order of sending; a symbol's aggregate follows the last trade in it. */
export function streamEvents(
  trades: readonly MarketTrade[],
  symbols: readonly SymbolInfo[],
  streams: readonly SymbolStreams[],
  isWanted: (stream: string) => boolean,
): StreamEvent[] {
  const carriesTrades = streams.map(({ trade }) => isWanted(trade));
  const carriesAggregates = streams.map(({ aggTrade }) => isWanted(aggTrade));
  const aggregates = new Map<MarketTrade, StreamEvent>();
  for (const [index, wanted] of carriesAggregates.entries()) {
    if (!wanted) continue;
    const symbol = JSON.stringify(symbols[index]!.symbol);
    for (const { fills, ...whole } of aggregate(trades.filter((trade) => trade.symbol === index))) {
      const { aggregateId, firstId, lastId, qty } = whole;
      const last = fills.at(-1)!;
      const body = event(streams[index]!.aggTrade, (unit) => {
        const head = `{"e":"aggTrade","E":${inUnit(last.eventTimeUs, unit)},"s":${symbol},"a":${aggregateId}`;
        return `${head},"p":"${last.price}","q":"${qty}","f":${firstId},"l":${lastId},"T":${inUnit(last.tradeTimeUs, unit)},"m":${last.isBuyerMaker},"M":true}`;
      });
      aggregates.set(last, body);
    }
  }
  const names = symbols.map(({ symbol }) => JSON.stringify(symbol));
  const out: StreamEvent[] = [];
  for (const trade of trades) {
    if (carriesTrades[trade.symbol]) {
      out.push(
        event(streams[trade.symbol]!.trade, (unit) => {
          const { id, price, qty, tradeTimeUs, eventTimeUs, isBuyerMaker } = trade;
          const head = `{"e":"trade","E":${inUnit(eventTimeUs, unit)},"s":${names[trade.symbol]},"t":${id}`;
          return `${head},"p":"${price}","q":"${qty}","T":${inUnit(tradeTimeUs, unit)},"m":${isBuyerMaker},"M":true}`;
        }),
      );
    }
    const whole = aggregates.get(trade);
    if (whole) out.push(whole);
  }
  return out;
}

/** Says that the server is about to go; comes without a subscription. */
export function shutdownEvent(nowUs: number): StreamEvent {
  return event("!serverShutdown", (unit) => `{"e":"serverShutdown","E":${inUnit(nowUs, unit)}}`);
}

function event(stream: string, text: (unit: TimeUnit) => string): StreamEvent {
  const made: (Buffer | undefined)[] = [];
  return {
    stream,
    frame({ combined, unit }) {
      const at = (combined ? 2 : 0) + (unit === "us" ? 1 : 0);
      let frame = made[at];
      if (!frame) {
        const data = text(unit);
        frame = Buffer.from(combined ? `{"stream":${JSON.stringify(stream)},"data":${data}}` : data);
        made[at] = frame;
      }
      return frame;
    },
  };
}
