import { expect, test } from "bun:test";

import { diskTrouble, explainDisk } from "./disk-error.ts";

const failed = (code: string): Error => Object.assign(new Error("refused"), { code });

test.each([
  ["ENOSPC", "the disk is full", "free some space"],
  ["EROFS", "the file system is read-only", "mount it for writing"],
  ["EACCES", "this user may not write there", "mend the owner or the mode"],
  ["ENOTDIR", "a file is where a folder belongs", "move that file away"],
])("%s is said in words, with what mends it", (code, what, mend) => {
  expect(diskTrouble(failed(code))).toEqual({ what, mend });
});

test("what lies in the way is named, with what mends it", () => {
  const inTheWay = Object.assign(failed("EEXIST"), { path: "/home/data/blobs" });

  expect(explainDisk(inTheWay)).toMatchObject({
    message: "/home/data/blobs can't be used: a file is where a folder belongs",
    hint: "move that file away",
  });
  expect(explainDisk(failed("EMFILE"))).toMatchObject({
    message: "refused",
    hint: "raise the limit of `ulimit -n`",
  });
});

test.each([
  ["a connection's error", failed("ECONNRESET")],
  ["a code that every object has", failed("constructor")],
  ["an error without a code", new Error("no code")],
  ["a text", "ENOSPC"],
])("%s is none of the disk's", (_, error) => {
  expect(diskTrouble(error)).toBeUndefined();
  expect(explainDisk(error)).toBeUndefined();
});
