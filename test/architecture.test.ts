import { expect, test } from "bun:test";
import { dirname, join } from "node:path";

import { Glob } from "bun";

/** Every folder, lowest first, and the folders it may import. A row may name only rows above it, so no cycle fits. */
const layers: [folder: string, mayImport: string[]][] = [
  ["src/base", []],
  ["src/terminal", ["src/base"]],
  ["src/jq", ["src/base"]],
  ["src/dsl", ["src/base"]],
  ["src/release", ["src/base"]],
  ["src/supervisor", ["src/base"]],
  ["embed", ["src/base"]],
  ["src/durable", ["src/base"]],
  ["src/schema", ["src/base", "src/dsl", "src/durable"]],
  ["src/settings", ["src/base", "src/schema"]],
  ["src/client", ["src/base", "src/schema"]],
  ["src/workflow", ["src/base", "src/jq", "src/dsl", "src/durable", "src/schema"]],
  ["src/agent", ["src/base", "src/schema", "src/durable"]],
  ["src/activities", ["src/base", "src/schema", "src/durable"]],
  ["src/store", ["src/base", "src/schema", "src/durable", "embed"]],
  [
    "src/server",
    [
      "src/base",
      "src/dsl",
      "src/release",
      "src/supervisor",
      "embed",
      "src/schema",
      "src/settings",
      "src/durable",
      "src/workflow",
      "src/store",
    ],
  ],
  [
    "src/workflow-runner",
    [
      "src/base",
      "src/dsl",
      "src/schema",
      "src/durable",
      "src/workflow",
      "src/agent",
      "src/activities",
    ],
  ],
  ["src/agent-runner", ["src/base", "src/durable", "src/schema"]],
  [
    "commands",
    [
      "src/base",
      "src/terminal",
      "src/jq",
      "src/dsl",
      "src/release",
      "src/supervisor",
      "embed",
      "src/schema",
      "src/settings",
      "src/client",
      "src/durable",
      "src/workflow",
      "src/activities",
    ],
  ],
  ["src/build", ["src/base", "src/release"]],
  [
    "src/multicall",
    [
      "src/base",
      "src/terminal",
      "src/release",
      "src/supervisor",
      "embed",
      "src/server",
      "src/workflow-runner",
      "commands",
    ],
  ],
];
const mayImport = new Map(layers);

test("each layer names only layers above it", () => {
  const order = layers.map(([folder]) => folder);
  for (const [row, [, allowed]] of layers.entries()) {
    expect(order.slice(0, row)).toEqual(expect.arrayContaining(allowed));
  }
});

test("imports only point at a layer above", async () => {
  const offences: string[] = [];
  for await (const file of new Glob("{src,commands,embed}/**/*.{ts,tsx}").scan(".")) {
    const from = layerOf(file);
    if (!mayImport.has(from)) offences.push(`${file} is in no layer`);
    for (const specifier of importsOf(await Bun.file(file).text())) {
      const to = layerOf(join(dirname(file), specifier));
      const isBuiltBytes = from === "embed" && to === "dist";
      const isFixture = file.endsWith(".test.ts") && to === "test";
      if (to !== from && !isBuiltBytes && !isFixture && !mayImport.get(from)?.includes(to)) {
        offences.push(`${file} imports ${to}`);
      }
    }
  }
  expect(offences).toEqual([]);
});

/** What only some folders may use: the pattern, and the files that may hold it. */
const privileges: [what: string, pattern: RegExp, allowed: RegExp][] = [
  ["bun:sqlite", /from "bun:sqlite"/, /^src\/(store|durable\/sqlite)\//],
  [
    "fetch(",
    /\bfetch\(/,
    /^src\/(client|release|activities|agent-runner|workflow-runner|server|supervisor|settings)\//,
  ],
  ["a file import", /with \{ type: "file" \}/, /^embed\//],
  ["process.exit", /process\.exit(Code)?\b/, /^src\/(multicall|agent-runner\/main|build)/],
];

test.each(privileges)("%s stays in its folders", async (_what, pattern, allowed) => {
  const offences: string[] = [];
  for await (const file of new Glob("{src,commands,embed}/**/*.ts").scan(".")) {
    if (file.endsWith(".test.ts") || allowed.test(file)) continue;
    if (pattern.test(await Bun.file(file).text())) offences.push(file);
  }
  expect(offences).toEqual([]);
});

test("no file has a name that says nothing", async () => {
  const offences: string[] = [];
  for await (const file of new Glob(
    "{src,commands,embed}/**/{utils,util,helpers,common,misc,manager,types,index}.ts",
  ).scan(".")) {
    if (file !== "embed/index.ts") offences.push(file);
  }
  expect(offences).toEqual([]);
});

function layerOf(path: string): string {
  const [top = "", folder = ""] = path.split("/");
  return top === "src" ? `src/${folder}` : top;
}

function importsOf(source: string): string[] {
  return [...source.matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(
    ([, specifier = ""]) => specifier,
  );
}
