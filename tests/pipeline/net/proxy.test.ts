import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { useProxy } from "../../../src/pipeline/net/proxy.ts";
import { projectRoot } from "../../support/project.ts";
import { rawServer, selfSigned, upgrade } from "../../support/raw-server.ts";
import { tempFolder } from "../../support/temp.ts";

// row 102
test("HTTPS_PROXY carries REST and the stream alike, also where names are known to the proxy alone", async (t) => {
  const tls = selfSigned(t);
  if (tls === undefined) return t.skip("SKIPPED: needs openssl to make a certificate");
  const { url } = await rawServer(
    t,
    (socket, head) => {
      if (/^upgrade:/im.test(head)) upgrade(socket, head);
      else socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
    },
    tls,
  );
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const proxy = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", (data) => {
      asked.push(data.toString("latin1").split("\r\n")[0]!);
      const onward = connect(Number(new URL(url).port), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(onward).pipe(socket);
      });
      onward.on("error", () => {});
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  const folder = tempFolder(t);
  const ca = join(folder, "ca.pem");
  writeFileSync(ca, tls.cert);
  const script = join(folder, "script.ts");
  const net = join(projectRoot, "src", "pipeline", "net");
  writeFileSync(
    script,
    `import { httpGet } from ${JSON.stringify(join(net, "http.ts"))};
import { useProxy } from ${JSON.stringify(join(net, "proxy.ts"))};
import { openSocket } from ${JSON.stringify(join(net, "socket.ts"))};
useProxy(process.env);
const reply = await httpGet({ deadlineMs: 5000, maxBytes: 100 })("https://exchange.invalid/api");
await new Promise((resolve) => {
  const socket = openSocket("wss://exchange.invalid/ws", {
    opened: () => { console.log(reply.status, "opened"); socket.terminate(); },
    text: () => {}, binary: () => {}, alive: () => {},
    ended: (end) => { console.log(end.reason); resolve(undefined); },
  });
});
process.exit(0);`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [script], {
    env: {
      ...process.env,
      HTTPS_PROXY: `http://user:secret@127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      NODE_EXTRA_CA_CERTS: ca,
    },
    timeout: 20_000,
  });
  assert.match(stdout, /^200 opened\n/);
  assert.deepEqual(asked, Array(2).fill("CONNECT exchange.invalid:443 HTTP/1.1"));
});

for (const [environment, need] of [
  [{ HTTPS_PROXY: "proxy:3128" }, /HTTPS_PROXY: needs the address of a proxy/],
  [{ https_proxy: "socks5://me:word@h:1" }, /got "…@h:1"/],
] as const) {
  test(`${JSON.stringify(environment)} is refused in one sentence, without its password`, () => {
    assert.throws(() => useProxy(environment), need);
  });
}

test("without a proxy in the environment nothing is changed", () => {
  assert.equal(useProxy({}), false);
  assert.equal(useProxy({ HTTPS_PROXY: "" }), false);
});
