import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { places } from "../places.ts";
import { chooseTargets, RUNTIME_VERSION, targets } from "./targets.ts";

test("a release is made with the Bun that the project is built with", () => {
  const { packageManager } = JSON.parse(readFileSync(join(places.root, "package.json"), "utf8"));

  expect(packageManager).toBe(`bun@${RUNTIME_VERSION}`);
});

test("each target has its own runtime, name and machine", () => {
  const facts = targets.flatMap(({ name, bun, machine, runtime }) => [
    name,
    bun,
    machine,
    runtime.package,
    runtime.integrity,
    runtime.sha256,
  ]);

  expect(new Set(facts).size).toBe(facts.length);
});

test("targets are chosen by name, in the order asked for, once each", () => {
  expect(names("darwin-arm64  linux-amd64,darwin-arm64")).toEqual(["darwin-arm64", "linux-amd64"]);
  expect(names("")).toEqual(targets.map(({ name }) => name));
  expect(names()).toHaveLength(6);
});

test("a target that is not there is named with the nearest one", () => {
  expect(() => chooseTargets("linux-amd46")).toThrow(
    expect.objectContaining({
      message: 'there is no target "linux-amd46"',
      hint: "did you mean linux-amd64?",
    }),
  );
});

function names(asked?: string): string[] {
  return chooseTargets(asked).map(({ name }) => name);
}
