import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";

import { Glob } from "bun";

import { faultOf } from "./check.ts";
import { BINARY, play } from "./play.ts";
import { formatSession, parseSession } from "./session.ts";

const SESSION_MAX_MS = 130_000;
const names = [...new Glob("*.txt").scanSync(import.meta.dir)].toSorted();

test.skipIf(!existsSync(BINARY)).each(names)(
  "the session %s prints what it says",
  async (name) => {
    const session = parseSession(readFileSync(`${import.meta.dir}/${name}`, "utf8"));

    const printed = await play(session);

    const faults = session.steps.flatMap((step, index) => {
      const fault = faultOf(
        step,
        printed[index] ?? { stdout: "", stderr: "", exitCode: Number.NaN },
      );
      return fault === undefined ? [] : [`line ${step.line}: $ ${step.command}\n${fault}`];
    });
    expect(faults).toEqual([]);
  },
  SESSION_MAX_MS,
);

test.each(names)("the session %s reads back as it is written", (name) => {
  const text = readFileSync(`${import.meta.dir}/${name}`, "utf8");

  const session = parseSession(text);

  expect(formatSession(session, session.steps)).toBe(text);
});

test("a step that prints something else is found out", () => {
  const [step] = parseSession("$ echo a\na\n2> b\n! exit 3\n").steps;
  if (!step) throw new Error("no step");

  expect(faultOf(step, { stdout: "a", stderr: "b", exitCode: 3 })).toBeUndefined();
  expect(faultOf(step, { stdout: "a", stderr: "b", exitCode: 0 })).toContain("- ! exit 3");
  expect(faultOf(step, { stdout: "c", stderr: "b", exitCode: 3 })).toContain("+ c");
  expect(faultOf(step, { stdout: "a", stderr: "\u001B[31mb", exitCode: 3 })).toContain("escape");
});
