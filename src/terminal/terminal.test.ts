import { expect, test } from "bun:test";
import { join } from "node:path";

const module = JSON.stringify(join(import.meta.dir, "terminal.ts"));

/** What a terminal that is none writes for a script that has one. */
function written(use: string): { stdout: string; stderr: string } {
  const source = `import { openTerminal } from ${module};
    const host = { stdout: {}, stderr: {}, env: {} };
    const terminal = openTerminal(host, { json: false, quiet: false });
    ${use}`;
  const { stdout, stderr } = Bun.spawnSync([process.execPath, "-e", source]);
  return { stdout: stdout.toString(), stderr: stderr.toString() };
}

const NASTY = String.raw`"a\u001b]0;title\u0007b\u009b2Jc\rd\u202Ee\u001b[31mf\u001b[2Jg\nh\ti"`;

test("a result keeps its colours, lines and tabs, and nothing else that steers", () => {
  expect(written(`terminal.print(${NASTY})`).stdout).toBe("a]0;titleb2Jcde\u001B[31mf[2Jg\nh\ti\n");
});

test("JSON means the same and holds nothing that steers", () => {
  const { stdout } = written(`terminal.printJson({ text: ${NASTY} })`);

  expect(stdout).not.toMatch(/[^\n -~]/);
  expect(JSON.parse(stdout)).toEqual({ text: JSON.parse(NASTY) });
});

test("a second line of talk can't pass for talk of its own", () => {
  const { stderr } = written(String.raw`terminal.talk.warn("one\r\nerror: forged")`);

  expect(stderr).toBe("warning: one\n  error: forged\n");
});
