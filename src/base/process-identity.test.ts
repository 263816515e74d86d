import { expect, test } from "bun:test";

import { identityOf, isSameProcess, ownIdentity } from "./process-identity.ts";

test("a process is itself, and a later one with its number is not", () => {
  const own = ownIdentity();

  expect(isSameProcess(own)).toBe(true);
  expect(isSameProcess({ ...own, startTime: "1@00000000" })).toBe(false);
});

test("nobody has the number of a process that ended", async () => {
  const child = Bun.spawn(["true"]);
  await child.exited;

  expect(identityOf(child.pid)).toBeUndefined();
});

test.skipIf(process.platform !== "linux")("a zombie is dead", async () => {
  // The shell starts a child that ends a little later, and becomes `sleep`, which never collects it.
  const script = "sleep 0.2 & echo $!; exec sleep 60";
  const parent = Bun.spawn(["sh", "-c", script], { stdout: "pipe" });
  const reader = parent.stdout.getReader();
  const pid = Number(new TextDecoder().decode((await reader.read()).value));

  while (!(await Bun.file(`/proc/${pid}/stat`).text()).includes(") Z")) await Bun.sleep(5);

  expect(identityOf(pid)).toBeUndefined();
  parent.kill("SIGKILL");
  await parent.exited;
});
