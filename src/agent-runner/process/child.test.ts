import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";

import { identityOf } from "../../base/process-identity.ts";
import { minimalEnvironment } from "./child-environment.ts";
import { type Child, type ChildRequest, startChild } from "./child.ts";
import { createReaper, type Reaper } from "./reaper.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

let reaper: Reaper;
beforeEach(() => {
  reaper = createReaper();
});
afterEach(() => reaper.stop());

function start(...command: ChildRequest["command"]): Promise<Child> {
  return startChild(
    { command, environment: { PATH: process.env["PATH"] ?? "" }, folder: "/" },
    reaper,
  );
}

function sleeper(): Bun.Subprocess {
  return Bun.spawn(["sleep", "1000"], { detached: true, stdin: "ignore", stdout: "ignore" });
}

/** The shells that this process started as reapers. */
function reaperShells(): number[] {
  const { stdout } = Bun.spawnSync(["ps", "-A", "-o", "pid=,ppid=,stat=,args="]);
  return stdout
    .toString()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, state]) => Number(parent) === process.pid && !state?.startsWith("Z"))
    .filter((columns) => columns.includes('"add'))
    .map(([pid]) => Number(pid));
}

function isRunning(pid: number): boolean {
  return identityOf(pid) !== undefined;
}

test("a child gets its arguments as they are and its input from the first byte", async () => {
  const child = await start("sh", "-c", 'printf "%s|" "$@"; cat', "sh", "a b", "$(id)", "-n");

  void child.stdin.write("input");
  void child.stdin.end();

  expect(await new Response(child.stdout).text()).toBe("a b|$(id)|-n|input");
  expect(await child.ended).toBe("exit code 0");
});

test("kill takes what the child started with it", async () => {
  const child = await start("sh", "-c", "sleep 1000 & echo $!; wait");
  const reader = child.stdout.getReader();
  const grandchild = Number(new TextDecoder().decode((await reader.read()).value));

  child.kill();

  expect(await child.ended).toBe("signal SIGKILL");
  while (isRunning(grandchild)) await Bun.sleep(5);
});

test("what a child leaves behind in its group ends with it", async () => {
  const child = await start("sh", "-c", "sleep 1000 >/dev/null 2>&1 & echo $!");

  const grandchild = Number(await new Response(child.stdout).text());

  expect(await child.ended).toBe("exit code 0");
  while (isRunning(grandchild)) await Bun.sleep(5);
});

test("when the reaper's owner is gone, so are all groups it was told of, and no others", async () => {
  const owner = createReaper();
  const [kept, doomed] = [sleeper(), sleeper()];
  await owner.add(kept.pid);
  await owner.add(doomed.pid);
  owner.remove(kept.pid);

  owner.stop();
  await doomed.exited;

  expect(doomed.signalCode).toBe("SIGKILL");
  expect(isRunning(kept.pid)).toBe(true);
  kept.kill("SIGKILL");
  await kept.exited;
});

test.skipIf(!Bun.which("ps"))(
  "a reaper whose shell was killed still knows its groups",
  async () => {
    const owner = createReaper();
    const doomed = sleeper();
    await owner.add(doomed.pid);
    const [shell] = reaperShells();

    process.kill(shell ?? 0, "SIGKILL");
    while (reaperShells()[0] === shell || reaperShells().length === 0) await Bun.sleep(5);
    owner.stop();
    await doomed.exited;

    expect(doomed.signalCode).toBe("SIGKILL");
  },
);

test("a child inherits little, and what is declared for it", () => {
  const inherited = {
    PATH: "/bin",
    HOME: "/h",
    OPENAI_API_KEY: "sk",
    STIGMER_HOME: "/s",
    LANG: "C",
  };

  expect(minimalEnvironment(inherited, { TOKEN: "t", LANG: "de" })).toEqual({
    PATH: "/bin",
    HOME: "/h",
    LANG: "de",
    TOKEN: "t",
  });
});
