import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { messageOf } from "../../base/errors.ts";
import { sha256Hex } from "../../base/sha256.ts";
import { hostTarget, obtainRuntime } from "./runtimes.ts";
import { writeTarball } from "./tarball.ts";
import { findTarget, RUNTIME_VERSION, type Target } from "./targets.ts";

const PROGRAM = "not really bun";
const FOLDER = `bun-linux-aarch64-${RUNTIME_VERSION}`;
let root: string;
let good: string;
let target: Target;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "stigmer-runtimes-"));
  mkdirSync(join(root, "registry"));
  good = await packed("good", PROGRAM);
  const integrity = `sha512-${Bun.CryptoHasher.hash("sha512", await Bun.file(good).bytes(), "base64")}`;
  const real = findTarget("linux-arm64");
  target = { ...real, runtime: { ...real.runtime, integrity, sha256: sha256Hex(PROGRAM) } };
});
afterEach(() => rmSync(root, { recursive: true }));

test("a runtime is fetched once, checked, and runnable", async () => {
  const asked: string[] = [];
  const fetchGood = fetchOf(good, asked);

  const path = await obtainRuntime(target, join(root, "runtimes"), fetchGood);
  const again = await obtainRuntime(target, join(root, "runtimes"), fetchGood);

  expect(asked).toEqual([`@oven/bun-linux-aarch64@${RUNTIME_VERSION}`]);
  expect(path).toBe(join(root, "runtimes", FOLDER, "bun"));
  expect(again).toBe(path);
  expect(await Bun.file(path).text()).toBe(PROGRAM);
  expect(statSync(path).mode & 0o777).toBe(0o755);
  expect(readdirSync(join(root, "runtimes"))).toEqual([FOLDER]);
});

test("a package with another integrity is never unpacked", async () => {
  const evil = await packed("evil", "something else");

  const message = await obtainRuntime(target, join(root, "runtimes"), fetchOf(evil)).catch(
    messageOf,
  );

  expect(message).toMatch(
    /^the registry's @oven\/bun-linux-aarch64@\S+ has the integrity sha512-\S+ and not sha512-\S+$/,
  );
  expect(readdirSync(join(root, "runtimes"))).toEqual([]);
});

test("a copy that was changed since is named at the next use, and not fetched over", async () => {
  const path = await obtainRuntime(target, join(root, "runtimes"), fetchOf(good));
  chmodSync(path, 0o755);
  writeFileSync(path, "tampered with");

  const message = await obtainRuntime(target, join(root, "runtimes"), fetchOf(good)).catch(
    messageOf,
  );

  expect(message).toContain(`${path} is not the bun of @oven/bun-linux-aarch64@`);
});

test("a folder in the place of a runtime is named", async () => {
  mkdirSync(join(root, FOLDER, "bun"), { recursive: true });

  const refused = await obtainRuntime(target, root).catch(messageOf);

  expect(refused).toBe(`${join(root, FOLDER, "bun")} is no file`);
});

test("the Bun that runs now serves where it is the very one", async () => {
  const own = { ...target.runtime, sha256: sha256Hex(await Bun.file(process.execPath).bytes()) };

  expect(
    await obtainRuntime({ ...target, runtime: own }, join(root, "runtimes"), fetchNothing),
  ).toBe(process.execPath);
});

test("the target of this machine is found by its Bun", () => {
  expect(hostTarget().npm.cpu).toBe(process.arch);
  expect(hostTarget().npm.os).toBe(process.platform);
});

async function packed(name: string, program: string): Promise<string> {
  const path = join(root, "registry", `${name}.tgz`);
  const entry = { name: "package/bin/bun", mode: 0o755, content: Buffer.from(program) };
  await writeTarball(path, [entry], new Date(0));
  return path;
}

function fetchOf(
  archive: string,
  asked: string[] = [],
): (specifier: string, folder: string) => string {
  return (specifier, folder) => {
    asked.push(specifier);
    const path = join(folder, "package.tgz");
    copyFileSync(archive, path);
    return path;
  };
}

function fetchNothing(): never {
  throw new Error("nothing may be fetched");
}
