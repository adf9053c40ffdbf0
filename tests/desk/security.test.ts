import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { openDesk } from "../../src/pipeline/desk/read/reader.ts";
import { openRelay } from "../../src/pipeline/desk/relay/relay.ts";
import { startDesk } from "../support/desk.ts";
import { SYMBOLS, write } from "../support/stored.ts";
import { tempFolder } from "../support/temp.ts";
import { batchOf, T0, trade } from "../support/trades.ts";

const desk = await startDesk();
const nowUs = (): number => Date.now() * 1000;
const WRITER = { user: "relay", password: "open sesame" };
const READER = { user: "reader", password: "only look" };
await desk.users({
  relay: { password: WRITER.password, readonly: false },
  reader: { password: READER.password, readonly: true },
});

const filled = (folder: string): string => {
  const db = join(folder, "x.db");
  write(db, (writer) => writer.append(batchOf([trade(1), trade(2)], SYMBOLS), T0));
  return db;
};

test("a relay publishes as one user, and a notebook reads as another who may only read", async (t) => {
  const db = filled(tempFolder(t));
  const to = desk.url("users");
  const relay = await openRelay({ db, to, user: WRITER, nowUs });
  await relay.pass();
  relay.close();
  const shelf = openDesk(to, READER);
  assert.equal(shelf.trades(shelf.series()[0]!).length, 2);
  shelf.close();
  await assert.rejects(
    openRelay({ db, to: desk.url("other"), user: READER, nowUs }),
    /needs a user who may do this; the server says Not enough privileges \(497\)/,
  );
});

test("a wrong password is refused in a sentence, and no error, address or label holds the password", async (t) => {
  const db = filled(tempFolder(t));
  const wrong = { user: "relay", password: "s3cret-word" };
  const seen: unknown[] = [];
  const keep = (error: unknown): true => {
    seen.push(error, (error as Error).message, (error as Error).stack, JSON.stringify(error));
    return true;
  };
  await assert.rejects(openRelay({ db, to: desk.url("users"), user: wrong, nowUs }), keep);
  assert.throws(() => openDesk(desk.url("users"), wrong), keep);
  assert.match(String(seen[1]), /needs a user who may do this; the server says Authentication failed/);
  const shelf = openDesk(desk.url("users"), READER);
  seen.push(shelf.label, readFileSync(`${db}.published`, "utf8"));
  shelf.close();
  assert.doesNotMatch(seen.map(String).join("\n"), /s3cret|only look/);
});

test("over TLS a certificate that nobody vouches for is refused, and one of an authority that is named is taken", async (t) => {
  const folder = tempFolder(t);
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  try {
    execFileSync("openssl", ["version"]);
  } catch {
    t.skip("SKIPPED: there is no openssl on this machine to make a certificate");
    return;
  }
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...subject, "-keyout", key, "-out", cert],
    {
      stdio: "ignore",
    },
  );
  const front = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (from, to) => {
    const { url, method, headers } = from;
    const onwards = request({ host: "127.0.0.1", port: desk.port, path: url, method, headers }, (answer) => {
      to.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(to);
    });
    from.pipe(onwards);
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  t.after(() => front.close());
  const to = `https://localhost:${(front.address() as AddressInfo).port}/tls`;
  const db = filled(folder);
  await assert.rejects(
    openRelay({ db, to, user: WRITER, nowUs }),
    /needs a server that answers; the network says (DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)/,
  );
  const ca = readFileSync(cert, "utf8");
  const relay = await openRelay({ db, to, user: { ...WRITER, ca }, nowUs });
  await relay.pass();
  relay.close();
  t.after(() => front.closeAllConnections());
});
