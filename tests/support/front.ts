import { createServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { TestContext } from "node:test";
import type { ExchangeProcess } from "./exchange.ts";

/** What a front answers in the exchange's stead. */
export interface FrontReply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Another address of an exchange, at which it does not name itself; `answer` may answer for it. */
export interface Front {
  readonly flags: readonly string[];
  readonly port: number;
  answer: (path: string) => FrontReply | undefined;
  /** Paths asked for. */
  readonly asked: string[];
  /** Of connections by the stream. */
  readonly upgrades: string[];
}

export async function startFront(
  t: Pick<TestContext, "after">,
  exchange: Pick<ExchangeProcess, "restUrl">,
): Promise<Front> {
  const { hostname, port } = new URL(exchange.restUrl);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  };
  const server = createServer((incoming, outgoing) => {
    front.asked.push(incoming.url!);
    const own = front.answer(incoming.url!);
    if (own !== undefined) {
      outgoing.writeHead(own.status, own.headers).end(own.body);
      return;
    }
    const onward = request({ hostname, port, path: incoming.url!, headers: incoming.headers }, (reply) => {
      const { "x-tickbook-venue": _, ...headers } = reply.headers;
      outgoing.writeHead(reply.statusCode!, headers);
      reply.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    onward.end();
  });
  server.on("connection", keep);
  server.on("upgrade", (incoming: IncomingMessage, socket: Socket) => {
    front.upgrades.push(incoming.url!);
    const onward = connect(Number(port), hostname, () => {
      const lines = [`GET ${incoming.url} HTTP/1.1`];
      for (let i = 0; i < incoming.rawHeaders.length; i += 2)
        lines.push(`${incoming.rawHeaders[i]}: ${incoming.rawHeaders[i + 1]}`);
      onward.write(`${lines.join("\r\n")}\r\n\r\n`);
      socket.pipe(onward).pipe(socket);
    });
    keep(onward);
    onward.on("close", () => socket.destroy());
    socket.on("close", () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const own = (server.address() as AddressInfo).port;
  const front: Front = {
    flags: ["--ws-url", `ws://127.0.0.1:${own}`, "--rest-url", `http://127.0.0.1:${own}`],
    port: own,
    answer: () => undefined,
    asked: [],
    upgrades: [],
  };
  return front;
}
