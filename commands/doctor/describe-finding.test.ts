import { expect, test } from "bun:test";

import { createStyle } from "../../src/terminal/style.ts";
import { describeFinding } from "./describe-finding.ts";
import { note } from "./finding.ts";

const style = createStyle(false);
const path = `/home/ada/${"deep/".repeat(12)}stigmer`;
const finding = note(
  "sandbox",
  `bubblewrap can't make a sandbox at ${path}: the shell and file tools of agents are refused`,
  "allow user namespaces, as with: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
);

test("on a terminal lines hang under their beginning, and a path is never broken", () => {
  const [first = "", ...others] = describeFinding(finding, { columns: 80, style }).split("\n");

  expect(first).toStartWith("note     sandbox         bubblewrap can't make");
  expect(others.length).toBeGreaterThan(2);
  expect(others.every((line) => /^ {25}\S/.test(line))).toBe(true);
  const tooLong = [first, ...others].filter((line) => line.length > 80);
  expect(tooLong.every((line) => line.includes(path))).toBe(true);
  expect([first, ...others].join("\n")).toContain(path);
});

test("off a terminal what was found is one line, and what to do is another", () => {
  const lines = describeFinding(finding, { columns: undefined, style }).split("\n");

  expect(lines).toHaveLength(2);
});
