import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { tempFolder } from "./temp.ts";

/** A TCP server that the test scripts byte by byte: `serve` gets each socket with the head of its request. */
export async function rawServer(
  t: TestContext,
  serve: (socket: Socket, head: string) => void,
  tls?: { readonly key: string; readonly cert: string },
): Promise<{ readonly url: string; readonly dialled: () => number }> {
  let dialled = 0;
  const sockets = new Set<Socket>();
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    let head = "";
    const read = (data: Buffer): void => {
      head += data.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      socket.off("data", read);
      dialled++;
      serve(socket, head);
    };
    socket.on("data", read);
  };
  const server =
    tls === undefined ? createServer({ allowHalfOpen: true }, accept) : createTlsServer(tls, accept);
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const scheme = tls === undefined ? "ws" : "wss";
  return { url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`, dialled: () => dialled };
}

/** Answers a WebSocket handshake; from then on the socket carries frames. */
export function upgrade(socket: Socket, head: string): void {
  const key = /sec-websocket-key: (.*)\r\n/i.exec(head)![1]!;
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
  );
}

/** A certificate that nobody has signed, for 127.0.0.1; undefined where there is no openssl. */
export function selfSigned(t: TestContext): { readonly key: string; readonly cert: string } | undefined {
  const folder = tempFolder(t);
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  try {
    execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
        ...["-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost"],
        ...["-addext", "subjectAltName=IP:127.0.0.1,DNS:exchange.invalid"],
      ],
      { stdio: "ignore" },
    );
  } catch {
    return undefined;
  }
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}
