import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { BINARY } from "./play.ts";

const WORKFLOW = `document: {dsl: 1.0.3, namespace: default, name: nap, version: 1.0.0}
do:
  - short: {wait: PT0.5S}
  - result: {set: {rested: true}}
`;
const ESCAPE = "\u001B[";

/** Everything that a command writes to a terminal of 60 columns. */
async function onTerminal(
  args: string[],
  environment: Record<string, string> = {},
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "stigmer-tty-"));
  writeFileSync(join(folder, "nap.yaml"), WORKFLOW);
  let written = "";
  const decoder = new TextDecoder();
  const terminal = new Bun.Terminal({
    cols: 60,
    rows: 20,
    data: (_terminal, data) => {
      written += decoder.decode(data, { stream: true });
    },
  });
  const child = Bun.spawn([BINARY, ...args], {
    cwd: folder,
    env: { HOME: folder, PATH: "/usr/bin:/bin", TERM: "xterm-256color", ...environment },
    terminal,
  });
  try {
    await child.exited;
    // What the process wrote last may still be on its way through the terminal.
    await Bun.sleep(50);
    return written;
  } finally {
    terminal.close();
    rmSync(folder, { recursive: true });
  }
}

const onBinary = test.skipIf(!existsSync(BINARY));

onBinary("help is set off on a terminal, and fits it", async () => {
  const page = await onTerminal(["run", "--help"]);

  expect(page).toContain(`${ESCAPE}1mUSAGE`);
  const widths = Bun.stripANSI(page)
    .split("\r\n")
    .filter((line) => !line.startsWith("  $ "))
    .map((line) => line.length);
  expect(Math.max(...widths)).toBeLessThanOrEqual(60);
});

onBinary("a run is drawn in place, and only what stays is left above the result", async () => {
  const written = await onTerminal(["exec", "-f", "nap.yaml"]);

  const frames = Bun.stripANSI(written).split("\r\n");
  expect(frames.some((line) => /⠋ short {2}\d+ ms/.test(line))).toBeTrue();
  expect(written).toContain(`${ESCAPE}1A`);
  expect(Bun.stripANSI(written)).toEndWith('{\r\n  "rested": true\r\n}\r\n');
  // Once it has ended it is not drawn as under way again.
  expect(frames.slice(frames.findIndex((line) => line.includes("✓ short"))).join("")).not.toMatch(
    /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] short/u,
  );
});

onBinary.each([
  ["NO_COLOR", ["--help"], { NO_COLOR: "1" }],
  ["--no-color", ["--no-color", "--help"], {}],
  ["a dumb terminal", ["--help"], { TERM: "dumb" }],
  ["a dumb terminal that watches", ["exec", "-f", "nap.yaml"], { TERM: "dumb" }],
] as [string, string[], Record<string, string>][])(
  "with %s nothing is set off",
  async (_name, args, environment) => {
    const page = await onTerminal(args, environment);

    expect(page).not.toContain(ESCAPE);
  },
);
