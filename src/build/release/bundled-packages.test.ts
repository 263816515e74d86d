import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { BuildMetafile } from "bun";

import { readBundledPackages } from "./bundled-packages.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stigmer-bundled-"));
  addPackage("@scope/a", { name: "@scope/a", version: "1.0.0", license: "MIT" });
  addPackage("b", { name: "b", version: "2.0.0", license: "(MIT OR Apache-2.0)" });
  addPackage("@scope/a/node_modules/b", { name: "b", version: "1.5.0", license: "ISC" });
  addPackage("unused", { name: "unused", version: "1.0.0", license: "MIT" });
  const ids = ["@scope/a@1.0.0", "b@2.0.0", "b@1.5.0", "unused@1.0.0"];
  const packages = Object.fromEntries(
    ids.map((id) => [`key of ${id}`, [id, "", {}, `sha512-${id}`]]),
  );
  writeFileSync(join(root, "bun.lock"), JSON.stringify({ packages }));
});
afterEach(() => rmSync(root, { recursive: true }));

test("what has bytes in a bundle is listed, with both versions of one name, and what has none is not", () => {
  const { packages, direct } = readBundledPackages([bundle()], root);

  expect(packages.map(({ id, imports }) => [id, imports])).toEqual([
    ["@scope/a@1.0.0", ["b@1.5.0"]],
    ["b@1.5.0", []],
    ["b@2.0.0", []],
  ]);
  expect(packages.map(({ license, integrity }) => [license, integrity])).toEqual([
    ["MIT", "sha512-@scope/a@1.0.0"],
    ["ISC", "sha512-b@1.5.0"],
    ["(MIT OR Apache-2.0)", "sha512-b@2.0.0"],
  ]);
  expect(direct).toEqual(["@scope/a@1.0.0", "b@2.0.0"]);
});

test("a package of two bundles is listed once", () => {
  expect(readBundledPackages([bundle(), bundle()], root).packages).toHaveLength(3);
});

test("a package without a licence, or that the lock does not know, is named", () => {
  addPackage("b", { name: "b", version: "2.0.0" });
  expect(() => readBundledPackages([bundle()], root)).toThrow(
    "b@2.0.0 is bundled but has no licence in its package.json",
  );

  addPackage("b", { name: "b", version: "3.0.0", license: "MIT" });
  expect(() => readBundledPackages([bundle()], root)).toThrow(
    "b@3.0.0 is bundled but has no integrity in bun.lock",
  );
});

function addPackage(folder: string, manifest: object): void {
  const path = join(root, "node_modules", folder);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "package.json"), JSON.stringify(manifest));
}

/** Our own file imports `@scope/a` and `b`; the first has a `b` of its own; of `unused` nothing is left. */
function bundle(): BuildMetafile {
  const [a, ownB] = [inside("@scope/a/index.js"), inside("@scope/a/node_modules/b/index.js")];
  const [b, unused] = [inside("b/index.js"), inside("unused/index.js")];
  return {
    inputs: {
      "src/main.ts": importing(a, b, unused),
      [a]: importing(ownB),
      [ownB]: importing(),
      [b]: importing(),
      [unused]: importing(),
    },
    outputs: {
      "main.js": {
        bytes: 40,
        inputs: {
          "src/main.ts": { bytesInOutput: 10 },
          [a]: { bytesInOutput: 10 },
          [ownB]: { bytesInOutput: 10 },
          [b]: { bytesInOutput: 10 },
          [unused]: { bytesInOutput: 0 },
        },
        imports: [],
        exports: [],
      },
    },
  };
}

function inside(path: string): string {
  return join(root, "node_modules", path);
}

function importing(...paths: string[]): BuildMetafile["inputs"][string] {
  return { bytes: 10, imports: paths.map((path) => ({ path, kind: "import-statement" })) };
}
