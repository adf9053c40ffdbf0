import type { Clock } from "../../core/time.ts";
import type { Trade } from "../../core/trade.ts";
import type { OpenSocket, SocketEnd } from "../net/socket.ts";
import { readFrame, streamUrl } from "../venues/binance/stream.ts";
import type { StreamPlan } from "../venues/binance/stream-plan.ts";
import { subscriptions } from "../venues/binance/subscriptions.ts";

export interface ConnectionEvents {
  opened(): void;
  /** Also of a connection that has ended: what it had received before. */
  trade(trade: Trade): void;
  /** The server will close it soon. */
  leaving(): void;
  /** Something to count (`code`) and to tell (`message`). */
  odd(code: string, message: string): void;
  /** Once. */
  ended(end: SocketEnd): void;
}

export interface ConnectionOptions {
  readonly clock: Clock;
  readonly openSocket: OpenSocket;
  readonly wsUrl: string;
  readonly plan: StreamPlan;
  readonly events: ConnectionEvents;
}

/** One socket from dialling to its one end: subscribed, read, and watched for signs of life. */
export interface Connection {
  /** Once a second: time is counted in ticks, of which a machine that sleeps or is busy makes none. */
  tick(): void;
  /** Asks for a sign of life now. */
  challenge(): void;
  /** Since the last sign of life. */
  silentMs(): number;
  pause(): void;
  resume(): void;
  /** Drops it; `ended` comes before this returns. */
  end(reason: string): void;
}

export const TICK_MS = 1000;
const HANDSHAKE_TICKS = 10;
/** With neither a frame nor a ping for this long, we ask; with no answer to that, the connection is dead. */
const SILENT_TICKS = 30;
const PONG_TICKS = 10;
/** So many bad frames without a trade between them. */
const MOST_BAD = 20;

export function openConnection({ clock, openSocket, wsUrl, plan, events }: ConnectionOptions): Connection {
  let isOpen = false;
  let over = false;
  let paused = false;
  let reason = "";
  let dialTicks = 0;
  let silentTicks = 0;
  let badRun = 0;
  let inMilliseconds = false;

  const end = (why: string): void => {
    if (over) return;
    reason = why;
    socket.terminate();
  };
  const bad = (code: string, message: string): void => {
    events.odd(code, message);
    if (++badRun === MOST_BAD) end(`${MOST_BAD} frames in a row that nobody can read`);
  };
  const asking = subscriptions({
    clock,
    plan,
    send: (text) => socket.send(text),
    odd: events.odd,
    failed: end,
  });
  const url = streamUrl(wsUrl, plan.inUrl());
  const socket = openSocket(url, {
    opened: () => {
      isOpen = true;
      if (paused) socket.pause();
      events.opened();
      asking.start();
    },
    text: (data) => {
      silentTicks = 0;
      const frame = readFrame(data, clock.nowUs());
      if (frame.kind === "trade") {
        badRun = 0;
        if (frame.milliseconds && !inMilliseconds) {
          inMilliseconds = true;
          events.odd("time-unit", "times come in milliseconds, though microseconds were asked for");
        }
        events.trade(frame.trade);
        return;
      }
      if (over) return;
      if (frame.kind === "bad") bad("bad-frame", frame.why);
      else if (frame.kind === "other") events.odd("other-frame", frame.what);
      else if (frame.kind === "reply") asking.reply(frame);
      else {
        events.odd("server-shutdown", "the exchange is about to close the connection");
        events.leaving();
      }
    },
    binary: (length) => {
      silentTicks = 0;
      bad("binary-frame", `a binary frame of ${length} bytes`);
    },
    alive: () => {
      silentTicks = 0;
    },
    ended: (socketEnd) => {
      over = true;
      asking.stop();
      events.ended(reason === "" ? socketEnd : { ...socketEnd, reason });
    },
  });

  return {
    tick() {
      if (!isOpen) {
        if (++dialTicks >= HANDSHAKE_TICKS) end(`no answer to the handshake in ${HANDSHAKE_TICKS} s`);
        return;
      }
      if (paused) return;
      silentTicks++;
      if (silentTicks === SILENT_TICKS) socket.ping();
      if (silentTicks >= SILENT_TICKS + PONG_TICKS) end(`silent for ${silentTicks} s, also when asked`);
      else asking.tick();
    },
    challenge() {
      if (!isOpen || silentTicks >= SILENT_TICKS) return;
      silentTicks = SILENT_TICKS;
      socket.ping();
    },
    silentMs: () => silentTicks * TICK_MS,
    pause() {
      paused = true;
      if (isOpen) socket.pause();
    },
    resume() {
      paused = false;
      silentTicks = 0;
      if (isOpen) socket.resume();
    },
    end,
  };
}
