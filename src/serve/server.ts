import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { extname } from "node:path";
import { quote, refuse } from "../core/errors.ts";
import type { CommData } from "../notebook/page/kernel-api.ts";
import { checkReaders, cookieFor, type Readers, refusalOf, tokenIn } from "./guard.ts";
import type { Lines } from "./lines.ts";
import { PAGE } from "./page.ts";

export interface ServeSettings extends Readers {
  /** 0: one that is free. */
  readonly port: number;
  readonly lines: Lines;
  /** The files of the page, by their address behind `/page/`. */
  readonly files: ReadonlyMap<string, string>;
}

export interface PageServer {
  readonly port: number;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};
/** Vega makes its functions from text; everything comes from here, and the page goes into no other one. */
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
} as const;
const NEWS = "text/event-stream";
const MOST_ASKED = 10_000;
/** A page that is so far behind is let go: it comes back, and asks for what is there then. */
const MOST_WAITING = 8_000_000;

/** Serves the page and its news until it is closed. */
export async function servePage(settings: ServeSettings): Promise<PageServer> {
  checkReaders(settings);
  const { bind, port } = settings;
  const server = createServer((request, response) => {
    answer(request, response, settings).catch(() => response.destroy());
  });
  server.headersTimeout = 10_000;
  server.maxConnections = 256;
  await new Promise<void>((opened, failed) => {
    server.once("error", failed);
    server.listen(port, bind, opened);
  }).catch(({ code = "" }: NodeJS.ErrnoException) =>
    refuse(
      ["EADDRINUSE", "EACCES"].includes(code)
        ? {
            code: "serve-port",
            where: "--port",
            problem: `needs a port that is free at ${bind}; ${port} is not (${code})`,
            hint: "Pass another port, or 0 for one that is free.",
            facts: { code },
          }
        : {
            code: "serve-bind",
            where: "--bind",
            problem: `needs an address of this machine; got ${quote(bind, 60)} (${code})`,
            hint: "Pass for example 0.0.0.0, or leave it out.",
            facts: { code },
          },
    ),
  );
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    close: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  settings: ServeSettings,
): Promise<void> {
  const { url = "" } = request;
  const send = (status: number, type: string, body: string | Buffer): void => {
    response.writeHead(status, { ...HEADERS, "content-type": type }).end(body);
  };
  const say = (status: number, text: string): void => send(status, "text/plain; charset=utf-8", `${text}\n`);
  const token = request.method === "GET" ? tokenIn(url, settings.token) : undefined;
  if (token !== undefined) {
    response
      .writeHead(303, { ...HEADERS, location: "/", "set-cookie": cookieFor(token, request.socket.localPort) })
      .end();
    return;
  }
  const refusal = refusalOf(request, settings);
  if (refusal === 401) return say(401, "This page needs its token: open it as /?token=…");
  if (refusal !== undefined) return say(refusal, "This page answers its own questions only.");
  if (request.method === "POST") {
    if (url !== "/ask") return say(404, "There is no such question.");
    const asked = await questionOf(request);
    if (asked === undefined) return say(400, "A question is needed: { target, data }.");
    const said = await settings.lines.ask(asked.target, asked.data).catch(() => null);
    return send(200, "application/json", JSON.stringify({ said: said ?? null }));
  }
  // a link with a token leads here, too, where none is needed
  if (url === "/" || url.startsWith("/?")) return send(200, "text/html; charset=utf-8", PAGE);
  if (url === "/news" && request.method === "HEAD") return send(200, NEWS, "");
  if (url === "/news") return sendNews(response, settings.lines);
  const file = settings.files.get(url);
  if (file === undefined) return say(404, "There is nothing here.");
  send(200, TYPES[extname(url)] ?? "application/octet-stream", readFileSync(file));
}

/** Server-sent events: what changes, as long as the page is open. */
function sendNews(response: ServerResponse, lines: Lines): void {
  response.writeHead(200, { ...HEADERS, "content-type": NEWS });
  response.write("retry: 1000\n\n");
  const hangUp = lines.listen((id, data) => {
    response.write(`data: ${JSON.stringify({ comm_id: id, data })}\n\n`);
    if (response.writableLength > MOST_WAITING) response.destroy();
  });
  response.on("close", hangUp);
}

async function questionOf(
  request: IncomingMessage,
): Promise<{ readonly target: string; readonly data: CommData } | undefined> {
  let text = "";
  request.setEncoding("utf8");
  for await (const part of request) {
    text += part;
    if (text.length > MOST_ASKED) return undefined;
  }
  try {
    const { target, data } = JSON.parse(text) as Record<string, unknown>;
    const isQuestion = typeof target === "string" && typeof data === "object" && data !== null;
    return isQuestion ? { target, data: data as CommData } : undefined;
  } catch {
    return undefined;
  }
}
