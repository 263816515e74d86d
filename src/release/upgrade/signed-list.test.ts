import { expect, test } from "bun:test";

import { parseChecksums, parseTrustedComment } from "./signed-list.ts";

const A = "a".repeat(64);
const B = "0123456789abcdef".repeat(4);

test("a list says which digest each file has", () => {
  const list = parseChecksums(`${A}  one.tar.gz\n${B} *two\n`, "list");

  expect([...list]).toEqual([
    ["one.tar.gz", A],
    ["two", B],
  ]);
});

test.each([
  [`${A} one`, "line 1 is no digest and a name"],
  [`${A}  one\n${A.toUpperCase()}  two`, "line 2 is no digest and a name"],
  [`${A}  one\n\n${A.slice(1)}  two`, "line 3 is no digest and a name"],
  [`${A}  ../one`, "line 1 is no digest and a name"],
  [`${A}  one\n${B}  one`, "line 2 names one again"],
  ["<html>", "line 1 is no digest and a name"],
])("what is no list is named by its line: %j", (text, words) => {
  expect(() => parseChecksums(text, "https://x/list")).toThrow(`https://x/list: ${words}`);
});

test.each(["v1.2.3", "v1.2.3-rc.1"])(
  "a trusted comment says which release it is: %s",
  (version) => {
    const word = parseTrustedComment(`stigmer ${version} 0123abc 2026-01-02T03:04:05.000Z`, "sig");

    expect(word).toEqual({ version, commit: "0123abc", time: "2026-01-02T03:04:05.000Z" });
  },
);

test.each(["", "timestamp:1700000000 file:checksums.txt", "stigmer 1.2.3 a b", "stigmer v1.2 a b"])(
  "a trusted comment without a version proves nothing: %j",
  (comment) => {
    expect(() => parseTrustedComment(comment, "sig")).toThrow(`sig says "${comment}"`);
  },
);
