import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { StigmerError } from "./errors.ts";
import { readSmallFile } from "./read-small-file.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stigmer-read-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function refusalOf(path: string, bytesMax = 1024 * 1024): string {
  try {
    return `read: ${readSmallFile(path, bytesMax)}`;
  } catch (error) {
    return error instanceof StigmerError ? error.message : String(error);
  }
}

test("a file is read whole, also where a character lies across two chunks", () => {
  const path = join(folder, "a.txt");
  const text = `x${"é".repeat(100_000)}`;
  writeFileSync(path, text);

  expect(readSmallFile(path, 1024 * 1024)).toBe(text);
});

test("a pipe that nobody writes to, a folder and a device are refused at once", () => {
  const pipe = join(folder, "pipe");
  Bun.spawnSync(["mkfifo", pipe]);

  expect(refusalOf(pipe)).toBe(`"${pipe}" is a pipe, not a file`);
  expect(refusalOf(folder)).toBe(`"${folder}" is a folder, not a file`);
  expect(refusalOf("/dev/zero")).toBe('"/dev/zero" is a device, not a file');
});

test("a file beyond the limit is refused without being read", () => {
  const path = join(folder, "sparse");
  writeFileSync(path, "");
  truncateSync(path, 1024 ** 4);

  expect(refusalOf(path)).toBe(`"${path}" is larger than 1 MiB`);
});

test.skipIf(process.platform !== "linux")("a file without a size is read up to the limit", () => {
  expect(readSmallFile("/proc/self/status", 1024 * 1024)).toContain("Pid:");
  expect(refusalOf("/proc/self/status", 100)).toBe('"/proc/self/status" is larger than 100 bytes');
});

const bash = Bun.which("bash");
if (bash === null) console.warn("skipped: bash is not on this machine");
test.skipIf(bash === null)("what a shell hands over as a descriptor is read to its end", () => {
  const script = `import { readSmallFile } from ${JSON.stringify(join(import.meta.dir, "read-small-file.ts"))};
    process.stdout.write(readSmallFile(process.argv.at(-1), 1000));`;
  const command = `"$0" -e '${script}' <(sleep 0.1; echo handed over)`;

  const { stdout } = Bun.spawnSync([bash ?? "bash", "-c", command, process.execPath]);

  expect(stdout.toString()).toBe("handed over\n");
});
