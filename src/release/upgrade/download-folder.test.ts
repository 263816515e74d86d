import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { messageOf } from "../../base/errors.ts";
import { pathsOf } from "../../base/paths.ts";
import { withDownloadFolder } from "./download-folder.ts";

const SOMEBODY = 65_534;

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "stigmer-home-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test.each([
  ["that is there", () => mkdirSync(pathsOf(home).downloads, { recursive: true })],
  ["that has to be made", () => {}],
])("a cache of our own %s is used", async (_, make) => {
  make();

  expect(await withDownloadFolder(pathsOf(home), async (folder) => folder)).toBe(
    pathsOf(home).downloads,
  );
});

const isRoot = process.geteuid?.() === 0;
if (!isRoot) console.warn("skipped: only root can make a folder of somebody else");

test.skipIf(!isRoot).each(["", "cache", "cache/downloads"])(
  "somebody else's home (%j) gets nothing: a private folder does, and goes with the work",
  async (place) => {
    mkdirSync(join(home, place), { recursive: true });
    chownSync(join(home, place), SOMEBODY, SOMEBODY);
    let used = "";

    const work = withDownloadFolder(pathsOf(home), async (folder) => {
      used = folder;
      writeFileSync(join(folder, "archive"), "");
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      throw new Error("it failed");
    });

    expect(await work.catch(messageOf)).toBe("it failed");
    expect(used).not.toStartWith(home);
    expect(existsSync(used)).toBe(false);
  },
);

test("a home that cannot be seen is no hindrance", async () => {
  symlinkSync("round", join(home, "round"));

  const folder = await withDownloadFolder(pathsOf(join(home, "round")), async (used) => used);

  expect(folder).not.toStartWith(home);
});
