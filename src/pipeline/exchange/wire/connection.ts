import type { WebSocket } from "ws";
import type { Clock } from "../../../core/time.ts";
import type { ExchangeSettings } from "../settings.ts";
import { answerControl, type Subscriptions } from "./control.ts";
import { type Encoding, type StreamEvent, shutdownEvent } from "./events.ts";
import type { StreamRequest } from "./streams.ts";
import type { Later, Wire } from "./wire.ts";

/** One client: what it has subscribed to, and how long it may stay. */
export interface Connection {
  wants(stream: string): boolean;
  readonly subscriptions: () => Subscriptions;
  deliver(events: readonly StreamEvent[]): void;
  buffered(): number;
}

export interface ConnectionOptions {
  readonly ws: WebSocket;
  readonly openWire: (encoding: () => Encoding, later: Later) => Wire;
  readonly request: StreamRequest;
  readonly settings: ExchangeSettings;
  readonly clock: Clock;
  /** Called when streams were added, also those of the address. */
  readonly onSubscribed: () => void;
  readonly onClosed: () => void;
}

/** Pings, limits, control messages and the end of life of a WebSocket client. */
export function openConnection(options: ConnectionOptions): Connection {
  const { ws, openWire, request, settings, clock, onSubscribed, onClosed } = options;
  let now: Subscriptions = { streams: new Set(request.streams), combined: request.combined };
  const timers = new Set<() => void>();
  const later: Later = (delayMs, action) => {
    const cancel = clock.after(delayMs, () => {
      timers.delete(cancel);
      action();
    });
    timers.add(cancel);
  };
  const wire = openWire(() => ({ combined: now.combined, unit: request.unit }), later);

  /** Pings without an answer, oldest first. */
  let unanswered: { payload: string; atMs: number }[] = [];
  const ping = (): void => {
    const atMs = clock.monotonicMs();
    const payload = String(Math.floor(clock.nowUs() / 1000));
    if (wire.ping(payload)) unanswered.push({ payload, atMs });
    later(settings.pongWithinMs, () => {
      if (unanswered.some((sent) => sent.atMs <= atMs)) wire.terminate();
    });
    later(settings.pingEveryMs, ping);
  };
  later(settings.pingEveryMs, ping);

  later(settings.connectionLifeMs, () => wire.close(1001, "connection lived 24 hours"));
  if (settings.shutdownNoticeMs > 0) {
    later(settings.connectionLifeMs - settings.shutdownNoticeMs, () => {
      wire.events([shutdownEvent(clock.nowUs())]);
    });
  }

  let recent: number[] = [];
  /** Counts a client's frame; false: there were too many in a second, and the connection ends. */
  const isWithinLimit = (): boolean => {
    const atMs = clock.monotonicMs();
    recent = recent.filter((before) => before > atMs - 1000);
    recent.push(atMs);
    if (recent.length <= settings.messagesPerSecond) return true;
    wire.close(1008, "Too many requests");
    return false;
  };

  ws.on("ping", isWithinLimit);
  ws.on("pong", (payload) => {
    if (!isWithinLimit()) return;
    const answered = unanswered.findIndex((sent) => sent.payload === payload.toString());
    if (answered >= 0) unanswered = unanswered.slice(answered + 1);
  });
  ws.on("message", (data, isBinary) => {
    if (!isWithinLimit()) return;
    const bytes = data as Buffer;
    // an overlong control message hangs on the real exchange, too
    if (isBinary || bytes.length > settings.controlBytes) return;
    const answer = answerControl(bytes.toString(), now, settings.streamsPerConnection);
    now = answer.next;
    wire.reply(answer.reply);
    if (answer.subscribed) onSubscribed();
  });
  ws.on("error", () => wire.terminate());
  ws.on("close", () => {
    for (const cancel of timers) cancel();
    onClosed();
  });
  if (now.streams.size > settings.streamsPerConnection) wire.close(1008, "too many streams");
  else if (now.streams.size > 0) onSubscribed();

  return {
    wants: (stream) => now.streams.has(stream),
    subscriptions: () => now,
    deliver(events) {
      const wanted = events.filter(({ stream }) => now.streams.has(stream));
      if (wanted.length === 0) return;
      wire.events(wanted);
      if (wire.buffered() > settings.slowClientBytes) wire.terminate();
    },
    buffered: () => wire.buffered(),
  };
}
