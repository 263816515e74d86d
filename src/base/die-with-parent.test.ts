import { expect, test } from "bun:test";
import { join } from "node:path";

import { PARENT_VARIABLE } from "./die-with-parent.ts";
import { identityOf } from "./process-identity.ts";

const CHILD = `
  import { dieWithParent } from ${JSON.stringify(join(import.meta.dir, "die-with-parent.ts"))};
  dieWithParent();
  console.log(process.pid);
  setInterval(() => {}, 1000);`;

const start = (environment: Record<string, string>) =>
  Bun.spawn([process.execPath, "-e", CHILD], {
    stdin: "pipe",
    stdout: "pipe",
    env: { ...process.env, ...environment },
  });

async function firstLine(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let text = "";
  for await (const chunk of stream) {
    text += new TextDecoder().decode(chunk);
    if (text.includes("\n")) break;
  }
  return text.trim();
}

test("ends as if stopped when the parent closes its end of standard input", async () => {
  const child = start({ [PARENT_VARIABLE]: String(process.pid) });
  await firstLine(child.stdout);

  void child.stdin.end();
  await child.exited;

  expect(child.signalCode).toBe("SIGTERM");
});

test("dies when the parent is killed", async () => {
  const parentProgram = `
    const child = Bun.spawn([process.execPath, "-e", ${JSON.stringify(CHILD)}], {
      stdin: "pipe", stdout: "inherit", env: { ...process.env, ${PARENT_VARIABLE}: String(process.pid) } });
    await child.exited;`;
  const parent = Bun.spawn([process.execPath, "-e", parentProgram], { stdout: "pipe" });
  const pid = Number(await firstLine(parent.stdout));
  expect(identityOf(pid)).toBeDefined();

  parent.kill("SIGKILL");
  await parent.exited;

  while (identityOf(pid)) await Bun.sleep(5);
  expect(identityOf(pid)).toBeUndefined();
});

test("does nothing where no parent asked for it", async () => {
  const child = start({});
  await firstLine(child.stdout);

  void child.stdin.end();
  await Bun.sleep(100);

  expect(child.exitCode).toBeNull();
  child.kill("SIGKILL");
  await child.exited;
});
