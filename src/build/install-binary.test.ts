import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { places } from "./places.ts";

let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "stigmer-install-"));
});
afterEach(() => rmSync(home, { recursive: true }));

function step(file: string, words: string[], environment: Record<string, string> = {}) {
  const { stderr, exitCode } = Bun.spawnSync(
    [process.execPath, join(import.meta.dir, file), ...words],
    { env: { PATH: process.env["PATH"] ?? "", HOME: home, ...environment } },
  );
  return { stderr: stderr.toString(), exitCode };
}

test.skipIf(!existsSync(places.binary))("a ~ that no shell expanded means the home", () => {
  const { exitCode } = step("install-binary.ts", ["~/my bin"]);

  expect(exitCode).toBe(0);
  expect(readdirSync(join(home, "my bin")).toSorted()).toEqual([
    "stigmer",
    "stigmer-agent-runner",
    "stigmer-server",
    "stigmer-workflow-runner",
  ]);
  expect(statSync(join(home, "my bin/stigmer-server")).mode & 0o111).not.toBe(0);
});

test("a folder that cannot be is named in a sentence", () => {
  const { stderr, exitCode } = step("install-binary.ts", ["/dev/null/x"]);

  expect(stderr).toStartWith("error: stigmer can't be put into /dev/null/x: ");
  expect(stderr).toContain("hint: ");
  expect(stderr.trim().split("\n")).toHaveLength(2);
  expect(exitCode).toBe(1);
});

test.each(["build-agent-runner.ts", "build-binary.ts", "install-agent-runner.ts"])(
  "%s refuses what is no version before it writes anything",
  (file) => {
    const { stderr, exitCode } = step(file, [], { VERSION: "foo" });

    expect(stderr).toBe(
      'error: VERSION is "foo", which is not a version\nhint: write it like v1.2.3\n',
    );
    expect(exitCode).toBe(2);
  },
);
