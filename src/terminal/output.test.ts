import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";

const module = JSON.stringify(join(import.meta.dir, "output.ts"));

const hasBash = Bun.which("bash") !== null;
if (!hasBash) console.warn("skipped: bash is not on this machine");
const testPipe = test.skipIf(!hasBash);

/** Runs a script under bash, so that its output goes where a shell sends it. */
async function bash(script: string): Promise<{ stdout: string; exitCode: number }> {
  const child = Bun.spawn(["bash", "-o", "pipefail", "-c", script], {
    stdin: "ignore",
    stderr: "pipe",
  });
  return { stdout: await child.stdout.text(), exitCode: await child.exited };
}

function bun(source: string): string {
  return `'${process.execPath}' -e '${source}'`;
}

testPipe(
  "a large text arrives whole in a slow pipe, although the process exits at once",
  async () => {
    const source = `import { writeWhole } from ${module}; writeWhole(1, "x".repeat(3e6)); process.exit(0);`;

    const { stdout } = await bash(`${bun(source)} | (sleep 0.2; wc -c)`);

    expect(Number(stdout)).toBe(3_000_000);
  },
);

testPipe("a reader that has gone away is told apart from a failure", async () => {
  const source = `import { OutputClosed, writeWhole } from ${module};
    try { for (;;) writeWhole(1, "line\\n".repeat(1000)); }
    catch (error) { process.exit(error instanceof OutputClosed ? 7 : 1); }`;

  const { exitCode } = await bash(`${bun(source)} | head -1 >/dev/null`);

  expect(exitCode).toBe(7);
});

test.skipIf(!hasBash || !existsSync("/dev/full"))(
  "a full disk is an error, not a silent loss",
  async () => {
    const source = `import { writeWhole } from ${module};
    try { writeWhole(1, "lost"); } catch (error) { process.stderr.write(error.message); process.exit(3); }`;

    const { exitCode } = await bash(`${bun(source)} >/dev/full`);

    expect(exitCode).toBe(3);
  },
);
