import { quote } from "../../../core/errors.ts";
import type { MarketSource, MarketTrade } from "../source.ts";
import { firstAbove } from "./first-above.ts";
import { eachLine } from "./lines.ts";
import { symbolInfo } from "./symbol-info.ts";
import { isRecording, tableRows } from "./table-rows.ts";
import { tapeFiles, tapeName, tapeSlug } from "./tape-files.ts";
import { badTape, isHeader, type RowReader, rowReader, type TapeRow } from "./tape-rows.ts";

/** One symbol's trades as columns. Event and trade times are also kept as running maxima, which can be searched. */
interface Track {
  readonly symbol: string;
  readonly id: number[];
  readonly aggregateId: number[];
  readonly price: string[];
  readonly qty: string[];
  readonly tradeTimeUs: number[];
  readonly eventTimeUs: number[];
  readonly newestTradeUs: number[];
  readonly newestEventUs: number[];
  readonly received: number[];
  readonly isBuyerMaker: boolean[];
}

/**
 * A recorded tape, held in memory: a recording of ours, or any file of single trades. `paths` are files or folders (`SYMBOL=PATH` where the name does not say the symbol);
 * the files of a symbol join in order of their names. Ids must ascend; where they skip, the recording lost trades and
 * the tape is played with that hole. Refuses the first line that is malformed.
 */
export async function readTape(paths: readonly string[]): Promise<MarketSource> {
  const tracks = new Map<string, Track>();
  const files = (await Promise.all(paths.map(tapeFiles))).flat();
  for (const { path, symbol } of files) {
    let reader: RowReader | undefined;
    let trades = 0;
    if (!isRecording(path)) {
      for (const row of tableRows(path, symbol, Date.now() * 1000)) append(tracks, row, path);
      continue;
    }
    await eachLine(path, (line, number) => {
      const where = `${path}, line ${number}`;
      if (!reader) {
        reader = rowReader(line.replace(/^\uFEFF/, ""), symbol, where);
        if (isHeader(reader)) return;
      }
      if (line === "") return;
      const row = reader(line, where);
      if (!row) return;
      append(tracks, row, where);
      trades++;
    });
    if (trades === 0)
      badTape(path, "must hold at least one trade; got none", "Pass a recording with trades in it.");
  }
  return tapeSource(paths.map(tapeName).join("+"), [...tracks.values()]);
}

function append(tracks: Map<string, Track>, row: TapeRow, where: string): void {
  let track = tracks.get(row.symbol);
  if (!track) {
    track = {
      symbol: row.symbol,
      id: [],
      aggregateId: [],
      price: [],
      qty: [],
      tradeTimeUs: [],
      eventTimeUs: [],
      newestTradeUs: [],
      newestEventUs: [],
      received: [],
      isBuyerMaker: [],
    };
    tracks.set(row.symbol, track);
  }
  const last = track.id.length - 1;
  const lastId = track.id[last] ?? -1;
  if (row.id <= lastId) {
    badTape(
      where,
      `trade ids of ${quote(row.symbol)} must ascend; got ${row.id} after ${lastId}`,
      "Sort the tape by trade id and leave repeated trades out.",
      { symbol: row.symbol, id: row.id, lastId },
    );
  }
  const sameOrder =
    last >= 0 &&
    row.id === lastId + 1 &&
    row.tradeTimeUs === track.tradeTimeUs[last] &&
    row.eventTimeUs === track.eventTimeUs[last] &&
    row.price === track.price[last] &&
    row.isBuyerMaker === track.isBuyerMaker[last];
  track.aggregateId.push((track.aggregateId[last] ?? -1) + (sameOrder ? 0 : 1));
  track.id.push(row.id);
  track.price.push(row.price);
  track.qty.push(row.qty);
  track.tradeTimeUs.push(row.tradeTimeUs);
  track.eventTimeUs.push(row.eventTimeUs);
  track.newestTradeUs.push(Math.max(row.tradeTimeUs, track.newestTradeUs[last] ?? 0));
  track.newestEventUs.push(Math.max(row.eventTimeUs, track.newestEventUs[last] ?? 0));
  track.received.push(Math.max(row.received, track.received[last] ?? 0));
  track.isBuyerMaker.push(row.isBuyerMaker);
}

function tapeSource(name: string, tracks: readonly Track[]): MarketSource {
  const order = playingOrder(tracks);
  const sentUs = (at: number): number => tracks[order.track[at]!]!.newestEventUs[order.row[at]!]!;
  const trade = (symbol: number, row: number): MarketTrade => {
    const track = tracks[symbol]!;
    return {
      symbol,
      id: track.id[row]!,
      aggregateId: track.aggregateId[row]!,
      price: track.price[row]!,
      qty: track.qty[row]!,
      tradeTimeUs: track.tradeTimeUs[row]!,
      eventTimeUs: track.eventTimeUs[row]!,
      isBuyerMaker: track.isBuyerMaker[row]!,
    };
  };
  const total = order.row.length;
  return {
    name: `replay-${tapeSlug(name)}`,
    kind: "replayed",
    detail: name,
    symbols: tracks.map(({ symbol, price, qty }) => symbolInfo(symbol, price, qty)),
    startUs: sentUs(0),
    endUs: sentUs(total - 1),
    between(fromUs, toUs) {
      const out: MarketTrade[] = [];
      const end = firstAbove(total, sentUs, toUs);
      for (let at = firstAbove(total, sentUs, fromUs); at < end; at++) {
        out.push(trade(order.track[at]!, order.row[at]!));
      }
      return out;
    },
    trades(symbol, fromId, toId, most) {
      const { id } = tracks[symbol]!;
      const out: MarketTrade[] = [];
      for (let row = firstAbove(id.length, (at) => id[at]!, fromId - 1); row < id.length; row++) {
        if (id[row]! > toId || out.length >= most) break;
        out.push(trade(symbol, row));
      }
      return out;
    },
    firstId: (symbol) => tracks[symbol]!.id[0]!,
    lastId(symbol, us, by) {
      const track = tracks[symbol]!;
      const times = by === "event" ? track.newestEventUs : track.newestTradeUs;
      const row = firstAbove(times.length, (at) => times[at]!, us) - 1;
      return row < 0 ? track.id[0]! - 1 : track.id[row]!;
    },
    firstIdOfAggregate(symbol, aggregateId) {
      const track = tracks[symbol]!;
      const row = firstAbove(track.id.length, (at) => track.aggregateId[at]!, aggregateId - 1);
      return track.id[row] ?? Number.MAX_SAFE_INTEGER;
    },
  };
}

/** All symbols' trades by event time, then order of receipt; a symbol's own trades stay in the order of their ids. */
function playingOrder(tracks: readonly Track[]): { track: Uint16Array; row: Uint32Array } {
  const total = tracks.reduce((sum, { id }) => sum + id.length, 0);
  const track = new Uint16Array(total);
  const row = new Uint32Array(total);
  const next = tracks.map(() => 0);
  for (let at = 0; at < total; at++) {
    let best = -1;
    for (let k = 0; k < tracks.length; k++) {
      if (next[k]! >= tracks[k]!.id.length) continue;
      if (best < 0 || isBefore(tracks[k]!, next[k]!, tracks[best]!, next[best]!)) best = k;
    }
    track[at] = best;
    row[at] = next[best]!++;
  }
  return { track, row };
}

function isBefore(a: Track, i: number, b: Track, j: number): boolean {
  const byEvent = a.newestEventUs[i]! - b.newestEventUs[j]!;
  return byEvent !== 0 ? byEvent < 0 : a.received[i]! < b.received[j]!;
}
