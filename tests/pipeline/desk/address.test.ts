import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { findDatabase, findStore, folderBeside } from "../../../src/app/data/open-source.ts";
import { deskAddress, deskUser } from "../../../src/pipeline/desk/wire/address.ts";
import { sqlText, sqlWhole } from "../../../src/pipeline/desk/wire/sql.ts";
import { tempFolder } from "../../support/temp.ts";

test("an address says host, port and database; what it leaves out is the usual", () => {
  const { label, host, port, database, isSecure } = deskAddress("x", "http://desk");
  assert.deepEqual(
    [label, host, port, database, isSecure],
    ["http://desk:8123/tickbook", "desk", 8123, "tickbook", false],
  );
  assert.equal(deskAddress("x", "https://desk/abc/").label, "https://desk:8443/abc");
  assert.equal(deskAddress("x", "http://[::1]:9000").host, "::1");
});

test("an address with a password is refused without a word of it, wherever it is given", () => {
  for (const ask of [
    () => deskAddress("source", "http://me:sesame@desk:8123"),
    () => findStore("openStore", "http://me:sesame@desk:8123"),
  ]) {
    assert.throws(ask, (error: Error) => {
      assert.match(error.message, /needs an address without a user or a password.*at "desk:8123"/);
      assert.doesNotMatch(JSON.stringify(error) + error.message, /sesame/);
      return true;
    });
  }
});

test("an address that is none, of another protocol, or of a database with an odd name is refused", () => {
  for (const text of ["http://", "http://desk/a-b", "http://desk/?password=x", "http://desk/a/b"])
    assert.throws(
      () => deskAddress("source", text),
      /source: needs the address of a ClickHouse server/,
      text,
    );
});

test("user and password come from the environment or a file, not from both", (t) => {
  const file = join(tempFolder(t), "password");
  writeFileSync(file, "open sesame\nnever read\n");
  assert.deepEqual(deskUser({}), { user: "default", password: "" });
  assert.deepEqual(deskUser({ TICKBOOK_DESK_USER: "reader", TICKBOOK_DESK_PASSWORD_FILE: file }), {
    user: "reader",
    password: "open sesame",
  });
  assert.throws(
    () => deskUser({ TICKBOOK_DESK_PASSWORD: "a", TICKBOOK_DESK_PASSWORD_FILE: file }),
    /needs to be the only password/,
  );
  assert.throws(
    () => deskUser({ TICKBOOK_DESK_CA: join(file, "no") }),
    /TICKBOOK_DESK_CA: needs a file that can be read/,
  );
});

test("a source may be a desk; what writes or asks a collector needs a file", () => {
  assert.equal(findStore("source", "http://desk:8123"), "http://desk:8123/tickbook");
  assert.throws(
    () => findDatabase("--db", "http://desk:8123"),
    /--db: needs a database \(\.db\) of this machine/,
  );
  assert.match(folderBeside("http://desk:8123/tickbook"), /data$/);
});

test("texts go into SQL as they are, and numbers only whole", () => {
  assert.equal(sqlText("a'b\\c\0"), "'a\\'b\\\\c\\0'");
  assert.throws(() => sqlWhole(Number.NaN), RangeError);
  assert.throws(() => sqlWhole(2 ** 60), RangeError);
});
