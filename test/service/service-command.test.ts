import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

import { tryLock } from "../../src/base/file-lock.ts";
import { pathsOf } from "../../src/base/paths.ts";
import { ownIdentity } from "../../src/base/process-identity.ts";
import { createFakeMachine, type FakeMachine } from "./service-fixture.ts";

let machine: FakeMachine;
let unit: string;
beforeEach(() => {
  machine = createFakeMachine();
  unit = join(machine.root, "config", "systemd", "user", "stigmer.service");
});
afterEach(() => machine.remove());

async function stigmer(...words: string[]) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "service-child.ts"), ...words], {
    env: machine.environment,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { stdout, stderr, status: await child.exited };
}

describe.skipIf(process.platform !== "linux")("stigmer service, on a machine with systemd", () => {
  test("install writes the unit, enables it and says what it did", async () => {
    const { stdout, stderr, status } = await stigmer("install");

    expect(status).toBe(0);
    expect(stdout).toContain(`service installed in ${unit}\n`);
    expect(stdout).toContain(`  data   ${machine.home}/.stigmer\n`);
    expect(stdout).toContain("  state  running, starts at each login\n");
    expect(stderr).toContain(
      "it ends when you log out; to keep it running: loginctl enable-linger",
    );
    expect(readFileSync(unit, "utf8")).toContain(
      `Environment="STIGMER_HOME=${machine.home}/.stigmer"`,
    );
    expect(statSync(unit).mode & 0o777).toBe(0o644);
    expect(machine.told("systemctl")).toEqual([
      "--user show-environment",
      "--user daemon-reload",
      "--user try-restart stigmer.service",
      "--user enable --now stigmer.service",
      "--user show stigmer.service --property=ActiveState,UnitFileState,MainPID",
    ]);
  });

  test("install again changes nothing and restarts nothing", async () => {
    machine.set("lingers");
    await stigmer("install");
    const { ino } = statSync(unit);
    machine.told("systemctl");

    const { stdout, stderr, status } = await stigmer("install");

    expect(status).toBe(0);
    expect(stdout).toContain(`service unchanged in ${unit}\n`);
    expect(stderr).not.toContain("log out");
    expect(statSync(unit).ino).toBe(ino);
    expect(machine.told("systemctl")).not.toContain("--user try-restart stigmer.service");
  });

  test("install replaces a unit of ours that another version wrote", async () => {
    await stigmer("install");
    const written = readFileSync(unit, "utf8");
    writeFileSync(unit, written.replace("RestartSec=2", "RestartSec=1"));
    const before = await stigmer("status");

    const { stdout } = await stigmer("install");

    expect(before.status).toBe(1);
    expect(before.stderr).toContain(
      "is not what this stigmer would write: run `stigmer service install`",
    );
    expect(stdout).toContain("service installed");
    expect(readFileSync(unit, "utf8")).toBe(written);
  });

  test("install --dry-run prints the unit alone and changes nothing", async () => {
    const { stdout, stderr, status } = await stigmer("install", "--dry-run");

    expect(status).toBe(0);
    expect(stdout).toStartWith("# Written by `stigmer service install`");
    expect(stdout).toContain("[Install]\nWantedBy=default.target\n");
    expect(stderr).toContain("systemctl --user enable --now stigmer.service");
    expect(existsSync(unit)).toBe(false);
    expect(machine.told("systemctl")).toEqual([]);
  });

  test("install --json prints one document", async () => {
    const { stdout, stderr } = await stigmer("install", "--json");

    expect(JSON.parse(stdout)).toEqual({
      manager: "systemd",
      file: unit,
      changed: true,
      enabled: true,
      active: true,
      runs: expect.arrayContaining(["internal-server", "--foreground"]),
      home: `${machine.home}/.stigmer`,
      advice: expect.stringContaining("enable-linger"),
    });
    expect(stderr).toBe("");
  });

  test("install says what to run where systemd does not answer, as in a container", async () => {
    machine.set("down");
    delete machine.environment["XDG_RUNTIME_DIR"];

    const { stdout, stderr, status } = await stigmer("install");

    expect(status).toBe(1);
    expect(stdout).toContain(`service not installed; its file is ${unit}`);
    expect(stderr).toContain(
      "systemd does not answer in this session (Failed to connect to bus: No medium found), so nothing starts the server yet",
    );
    expect(stderr).toContain("XDG_RUNTIME_DIR is not set");
    expect(stderr).toContain(
      "  systemctl --user daemon-reload\n  systemctl --user enable --now stigmer.service\n",
    );
  });

  test("install refuses where there is no systemd at all, and writes nothing", async () => {
    machine.environment["PATH"] = dirname(process.execPath);

    const { stderr, status } = await stigmer("install");

    expect(status).toBe(1);
    expect(stderr).toContain("error: there is no systemd on this system to install a service in");
    expect(stderr).toContain("in a container make `stigmer-server` its command");
    expect(existsSync(unit)).toBe(false);
  });

  test("install passes on what systemd complains about", async () => {
    machine.set("broken-enable");

    const { stderr, status } = await stigmer("install");

    expect(status).toBe(1);
    expect(stderr).toContain(
      "error: systemctl --user enable --now stigmer.service: Unit is masked",
    );
    expect(stderr).toContain("hint: see `systemctl --user status stigmer`");
  });

  test("install leaves the start to a person while a server that was started by hand runs", async () => {
    const paths = pathsOf(machine.environment["STIGMER_HOME"] ?? "");
    mkdirSync(paths.run, { recursive: true });
    const held = tryLock(join(paths.run, "server.lock"));
    const hint = {
      ...ownIdentity(),
      url: "http://127.0.0.1:1",
      version: "dev",
      startedAt: new Date().toISOString(),
    };
    writeFileSync(join(paths.run, "server.json"), JSON.stringify(hint));

    const { stdout, stderr } = await stigmer("install");
    held?.release();

    expect(stdout).toContain("  state  not running, starts at each login");
    expect(stderr).toContain(
      `runs already (pid ${process.pid}); to hand over: stigmer server stop && systemctl --user enable --now stigmer.service`,
    );
    expect(machine.told("systemctl")).toContain("--user enable stigmer.service");
  });

  test.each([
    ["a file of somebody else", () => writeFileSync(unit, "[Service]\nExecStart=/bin/other\n")],
    ["a link", () => symlinkSync("/etc/hostname", unit)],
    ["a folder", () => mkdirSync(unit)],
  ])("%s in the place of the unit is neither replaced nor removed", async (_, prepare) => {
    mkdirSync(dirname(unit), { recursive: true });
    prepare();

    for (const word of ["install", "uninstall"]) {
      const { stderr, status } = await stigmer(word);

      expect(status).toBe(1);
      expect(stderr).toContain(`error: ${unit} was not written by stigmer`);
    }
    expect(machine.told("systemctl").join()).not.toMatch(/enable|disable/);
  });

  test("uninstall removes the unit and nothing else, and may be done again", async () => {
    await stigmer("install");
    const neighbour = join(dirname(unit), "other.service");
    writeFileSync(neighbour, "");
    machine.told("systemctl");

    const first = await stigmer("uninstall");
    const second = await stigmer("uninstall", "--json");

    expect(first.stdout).toBe(`service removed from ${unit}\n`);
    expect(existsSync(unit)).toBe(false);
    expect(existsSync(neighbour)).toBe(true);
    expect(machine.has("active")).toBe(false);
    expect(machine.told("systemctl")).toEqual([
      "--user disable --now stigmer.service",
      "--user show-environment",
      "--user daemon-reload",
    ]);
    expect(JSON.parse(second.stdout)).toEqual({ removed: false, file: unit });
  });

  test("uninstall without a session removes the link that enabled it", async () => {
    await stigmer("install");
    const wants = join(dirname(unit), "default.target.wants", "stigmer.service");
    mkdirSync(dirname(wants));
    symlinkSync(unit, wants);
    machine.set("down");

    const { status } = await stigmer("uninstall");

    expect(status).toBe(0);
    expect(existsSync(unit)).toBe(false);
    expect(existsSync(wants)).toBe(false);
  });

  test("status tells whether it is installed, runs and starts, also by its exit status", async () => {
    const before = await stigmer("status");
    await stigmer("install");
    const running = await stigmer("status");
    machine.set("active", false);
    const stopped = await stigmer("status", "--json");
    rmSync(unit);
    const after = await stigmer("status", "--json");

    expect(before).toEqual({ stdout: "no service is installed\n", stderr: "", status: 3 });
    expect(running.status).toBe(0);
    expect(running.stdout).toBe(
      `service of systemd running\n  pid    4711\n  login  starts it\n  file   ${unit}\n`,
    );
    expect(stopped.status).toBe(3);
    expect(JSON.parse(stopped.stdout)).toEqual({
      installed: true,
      enabled: true,
      active: false,
      manager: "systemd",
      file: unit,
      problems: [],
    });
    expect(after.status).toBe(3);
    expect(JSON.parse(after.stdout)).toMatchObject({ installed: false, problems: [] });
  });

  test("status does not mind the search path of another terminal", async () => {
    await stigmer("install");
    machine.environment["PATH"] += ":/opt/other/bin";

    const { stderr, status } = await stigmer("status");

    expect(stderr).toBe("");
    expect(status).toBe(0);
  });
});
