import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readFromTarball, writeTarball } from "./tarball.ts";

const TIME = new Date("2026-01-02T03:04:05Z");
const isGnuTar = Bun.spawnSync(["tar", "--version"]).stdout.includes("GNU tar");
const entries = [
  { name: "run", mode: 0o755, content: Buffer.from("#!/bin/sh\n") },
  { name: "docs/read.me", mode: 0o644, content: Buffer.from("words\n") },
];

test.skipIf(!isGnuTar)(
  "tar sees modes, owners, times and contents as they were given",
  async () => {
    await inFolder(async (folder) => {
      const path = join(folder, "a.tar.gz");

      await writeTarball(path, entries, TIME);

      const listed = Bun.spawnSync([
        "tar",
        "--utc",
        "--full-time",
        "-tvzf",
        path,
      ]).stdout.toString();
      expect(
        listed
          .trim()
          .split("\n")
          .map((line) => line.split(/\s+/)),
      ).toEqual([
        ["-rwxr-xr-x", "root/root", "10", "2026-01-02", "03:04:05", "run"],
        ["-rw-r--r--", "root/root", "6", "2026-01-02", "03:04:05", "docs/read.me"],
      ]);
      const numbers = Bun.spawnSync(["tar", "--numeric-owner", "-tvzf", path]).stdout.toString();
      expect(numbers.match(/ 0\/0 /g)).toHaveLength(2);
    });
  },
);

test("the same entries give the same bytes under any name, and no name or time is in the head", async () => {
  await inFolder(async (folder) => {
    await writeTarball(join(folder, "one"), entries, TIME);
    await writeTarball(join(folder, "two"), entries, TIME);

    const [one, two] = [readFileSync(join(folder, "one")), readFileSync(join(folder, "two"))];
    expect(one.equals(two)).toBe(true);
    expect([one[3], one.readUInt32LE(4)]).toEqual([0, 0]);
  });
});

test("one file is read back, and a missing one is undefined", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a.tar.gz");
    await writeTarball(path, entries, TIME);

    expect(Buffer.from((await readFromTarball(path, "docs/read.me")) ?? [])).toEqual(
      Buffer.from("words\n"),
    );
    expect(await readFromTarball(path, "docs")).toBeUndefined();
  });
});

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "stigmer-tarball-"));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
