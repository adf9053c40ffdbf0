import assert from "node:assert/strict";
import { type Random, random } from "../../src/core/random.ts";
import { feedBench } from "./feed-bench.ts";
import { oblige, type ScriptedSocket, tradeFrame } from "./scripted-socket.ts";

const SYMBOLS: readonly string[] = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];
const STEP_MS = 250;

/** What the exchange does with one socket. */
interface Fate {
  readonly socket: ScriptedSocket;
  /** Milliseconds until the handshake is answered; infinite: never. */
  openInMs: number;
  isOpen: boolean;
  /** Nothing reaches us any more, and nobody says so. */
  isCut: boolean;
  leavesAtMs: number;
  /** How far this connection is behind. */
  readonly lagMs: number;
  /** Trades on their way, in order. */
  readonly underway: { readonly symbol: string; readonly id: number; readonly atMs: number }[];
}

/** Probabilities, those of a connection for a quarter of a second. */
interface Trouble {
  readonly neverOpens: number;
  readonly refused: number;
  readonly closed: number;
  readonly cut: number;
  readonly shutdown: number;
  readonly badFrame: number;
  readonly sleep: number;
  readonly noRest: number;
}

/** How long after `serverShutdown` the server leaves. */
const NOTICE_MS = 30_000;

/** One seeded run of half an hour, the second half of it without trouble; gives the ids that came out and those there were. */
async function simulate(
  seed: number,
  troubleOf: (chance: Random) => Trouble,
): Promise<{ readonly got: Map<string, Set<number>>; readonly newest: Readonly<Record<string, number>> }> {
  const chance: Random = random(seed, 1);
  const once = (probability: number): boolean => chance.uniform() < probability;
  const newest: Record<string, number> = {};
  const bench = feedBench({
    symbols: SYMBOLS,
    random: random(seed, 2),
    wsUrls: once(0.5) ? ["ws://a"] : ["ws://a", "ws://b"],
    newestId: async (symbol) => {
      if (troubled && once(trouble.noRest)) throw new Error("no REST");
      return newest[symbol] ?? -1;
    },
  });
  const { clock, sockets, feed } = bench;
  const delivered = new Map(SYMBOLS.map((symbol) => [symbol, new Set<number>()]));
  const fates: Fate[] = [];
  let troubled = true;
  const trouble = troubleOf(chance);

  const step = (): void => {
    for (const socket of sockets.slice(fates.length)) {
      const never = troubled && once(trouble.neverOpens);
      const openInMs = never ? Number.POSITIVE_INFINITY : 500 * chance.uniform();
      const leavesAtMs = Number.POSITIVE_INFINITY;
      fates.push({
        socket,
        openInMs,
        isOpen: false,
        isCut: false,
        leavesAtMs,
        lagMs: 3000 * chance.uniform(),
        underway: [],
      });
    }
    for (const symbol of SYMBOLS) {
      if (!once(0.3)) continue;
      const id = (newest[symbol] ?? 1000) + 1;
      newest[symbol] = id;
      for (const fate of fates) {
        if (fate.isOpen && !fate.isCut && !fate.socket.over) {
          fate.underway.push({ symbol, id, atMs: clock.monotonicMs() + fate.lagMs });
        }
      }
    }
    for (const fate of fates) {
      const { socket, underway } = fate;
      if (socket.over) continue;
      fate.openInMs -= STEP_MS;
      if (!fate.isOpen && fate.openInMs <= 0) {
        if (troubled && once(trouble.refused)) {
          const status = [403, 429, 451, 500, 503][Math.floor(5 * chance.uniform())]!;
          socket.server.ended({ code: 1006, reason: "refused", status, retryAfterS: 5 });
          continue;
        }
        fate.isOpen = true;
        socket.server.opened();
      }
      if (!fate.isOpen || fate.isCut) continue;
      oblige(socket);
      socket.server.alive();
      while (underway.length > 0 && underway[0]!.atMs <= clock.monotonicMs()) {
        const { symbol, id } = underway.shift()!;
        delivered.get(symbol)!.add(id);
        socket.server.text(tradeFrame(id, symbol));
        if (troubled && once(trouble.badFrame)) socket.server.text(["{", "[]", '{"e":"x"}'][id % 3]!);
      }
      if (clock.monotonicMs() >= fate.leavesAtMs) socket.server.ended({ code: 1001, reason: "" });
      if (!troubled || socket.over) continue;
      if (once(trouble.closed)) {
        socket.server.ended({ code: [1000, 1001, 1006, 1008, 1011][seed % 5]!, reason: "" });
      } else if (once(trouble.cut)) fate.isCut = true;
      else if (once(trouble.shutdown) && fate.leavesAtMs === Number.POSITIVE_INFINITY) {
        fate.leavesAtMs = clock.monotonicMs() + NOTICE_MS;
        socket.server.text('{"e":"serverShutdown","E":1}');
      }
    }
    // given up by the feed, yet something had been received
    for (const { socket, isOpen, underway } of fates) {
      if (!socket.over || !isOpen || underway.length === 0 || !once(0.5)) continue;
      const { symbol, id } = underway.shift()!;
      underway.length = 0;
      delivered.get(symbol)!.add(id);
      socket.server.text(tradeFrame(id, symbol));
    }
  };
  for (let ms = 0; ms < 900_000; ms += STEP_MS) {
    if (once(trouble.sleep)) clock.stall(20_000 * chance.uniform());
    step();
    await bench.settle(STEP_MS);
    assert.ok(bench.alive().length <= 3);
  }
  troubled = false;
  for (const fate of fates) if (!fate.isOpen) fate.openInMs = 0;
  for (let ms = 0; ms < 900_000; ms += STEP_MS) {
    step();
    await bench.settle(STEP_MS);
  }
  assert.equal(feed.status().kind, "live");
  assert.equal(bench.alive().length, 1);
  const got = new Map(SYMBOLS.map((symbol) => [symbol, new Set(bench.ids(symbol))]));
  for (const symbol of SYMBOLS) {
    const lost = [...delivered.get(symbol)!].filter((id) => !got.get(symbol)!.has(id));
    assert.deepEqual(lost, [], `${symbol}: delivered and lost`);
  }
  feed.stop();
  assert.equal(clock.pendingTimers(), 0);
  return { got, newest };
}

/** No id is missing from `first` to almost the last. */
function assertWhole(got: ReadonlySet<number>, first: number, last: number): void {
  for (let id = first; id <= last - 10; id++) assert.ok(got.has(id), `${id} is missing`);
}

/** Runs so many seeds, or the one that the environment names. */
export async function everySeed(count: number, run: (seed: number) => Promise<void>): Promise<void> {
  const given = process.env.SEED;
  const first = Number(given ?? 1);
  const end = first + (given === undefined ? count : 1);
  for (let seed = first; seed < end; seed++) {
    await run(seed).catch((error: Error) => {
      throw new Error(`seed ${seed}, which SEED=${seed} replays: ${error.message}`, { cause: error });
    });
  }
}

/** A bad half hour. */
function roughly(chance: Random): Trouble {
  const rough = 0.002 + 0.02 * chance.uniform();
  return {
    neverOpens: 0.1,
    refused: 0.15,
    closed: rough,
    cut: rough / 4,
    shutdown: rough / 4,
    badFrame: 0.01,
    sleep: 0.0002,
    noRest: 0.2,
  };
}

/** Only planned ends. */
function politely(): Trouble {
  const none = { neverOpens: 0, refused: 0, closed: 0, cut: 0, badFrame: 0, sleep: 0, noRest: 0 };
  return { ...none, shutdown: 0.01 };
}

export async function simulateRoughly(seed: number): Promise<void> {
  const { got, newest } = await simulate(seed, roughly);
  // the second half had no trouble
  for (const symbol of SYMBOLS) assertWhole(got.get(symbol)!, newest[symbol]! - 500, newest[symbol]!);
}

export async function simulatePolitely(seed: number): Promise<void> {
  const { got, newest } = await simulate(seed, politely);
  for (const symbol of SYMBOLS) assertWhole(got.get(symbol)!, Math.min(...got.get(symbol)!), newest[symbol]!);
}
