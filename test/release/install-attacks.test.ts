import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { sha256Hex } from "../../src/base/sha256.ts";
import {
  archive,
  ASSET,
  at,
  createMachine,
  downloaders,
  expectInstalled,
  type Machine,
  MARK,
  namesIn,
  serve,
  stopServers,
  testDownload,
  testScript,
  VERSION,
} from "./installation.ts";

afterEach(stopServers);

const shells = [["sh"], ["dash"], ["bash"], ["busybox", "sh"]].filter(
  ([name = ""]) => Bun.which(name) !== null,
);

describe("a stigmer of somebody else", () => {
  const ran = "ran";
  const strangers = [
    ["notes", "my notes\n", 0o644],
    ["notes about ours", `my notes on ${MARK}`, 0o644],
    ["an executable", `#!/bin/sh\ntouch "$HOME/${ran}"\n`, 0o755],
    ["an empty file", "", 0o755],
  ] as const;

  testDownload.each(strangers)(
    "%s is neither run, replaced nor removed",
    async (_, content, mode) => {
      const server = await serve();
      using machine = createMachine();
      const path = putStigmer(machine, content, mode);

      const install = await machine.install({ environment: at(server.url) });
      const uninstall = await machine.install({ args: ["--uninstall"] });

      for (const { status, stdout, stderr } of [install, uninstall]) {
        expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
        expect(stderr).toBe(
          `error: ${path} is there already, and is not this stigmer\n` +
            "hint: move it away, or choose another folder with STIGMER_INSTALL_DIR\n",
        );
      }
      expect(readFileSync(path, "utf8")).toBe(content);
      expect(namesIn(machine.place)).toEqual(["stigmer"]);
      expect(existsSync(join(machine.home, ran))).toBe(false);
      expect(server.requests).toEqual([]);
    },
  );

  testDownload.each(shells.map((shell) => [shell.join(" "), shell] as const))(
    "in %s ours is known behind a NUL and among letters of no alphabet",
    async (_, shell) => {
      const server = await serve();
      using machine = createMachine();
      putStigmer(
        machine,
        Buffer.concat([
          Buffer.from("#!/bin/sh\nexit 3\n"),
          Buffer.from([0, 0xff, 0xfe, 0]),
          Buffer.from(MARK),
        ]),
      );

      const { status } = await machine.install({ shell, environment: at(server.url) });

      expect(status).toBe(0);
      expectInstalled(machine.place);
    },
  );
});

describe("leftovers", () => {
  testDownload("a folder that only resembles one is kept", async () => {
    const server = await serve();
    using machine = createMachine();
    const names = ["backup", "12a", "1.backup"].map((name) => `.stigmer-install.${name}`);
    for (const name of names) {
      mkdirSync(join(machine.place, name), { recursive: true });
      writeFileSync(join(machine.place, name, "mine"), "");
    }

    const { status } = await machine.install({ environment: at(server.url) });

    expect(status).toBe(0);
    for (const name of names) expect(namesIn(join(machine.place, name))).toEqual(["mine"]);
  });

  testDownload("those of another user are in nobody's way, whatever their name", async () => {
    const server = await serve();
    using machine = createMachine();
    mkdirSync(join(machine.place, ".stigmer-install.999999999"), { recursive: true });
    machine.fake(
      "rm",
      `case $* in *install.999999999*) echo 'rm: cannot remove it' >&2; exit 1 ;; esac\nexec '${Bun.which("rm")}' "$@"`,
    );
    // The very name that the script would take.
    const shell = [
      "sh",
      "-c",
      `mkdir '${machine.place}'/.stigmer-install.$$; exec '${Bun.which("sh")}' "$0"`,
    ];

    const { status, stderr } = await machine.install({ shell, environment: at(server.url) });

    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: `downloading ${ASSET} from ${server.url}\n`,
    });
    expect(namesIn(machine.place)).toContain("stigmer");
    expect(namesIn(machine.place).filter((name) => name.startsWith(".stigmer-"))).toHaveLength(2);
  });
});

testScript("--uninstall passes on why a stigmer can't tell whether it is in use", async () => {
  using machine = createMachine();
  const words = "error: STIGMER_HOME is wrong\nhint: mend it\n";
  const path = putStigmer(machine, `#!/bin/sh\n${MARK}printf '${words}' >&2\nexit 2\n`);

  const outcome = await machine.install({ args: ["--uninstall"] });

  expect(outcome).toEqual({ status: 2, stdout: "", stderr: words });
  expect(existsSync(path)).toBe(true);
});

testScript.each([
  "https://u:se/cret@127.0.0.1:9/x",
  "https://u:se@cret@127.0.0.1:9/x",
  "https://u:se?cret@127.0.0.1:9/x",
  "u:se/cret@127.0.0.1:9/x",
])("no part of the login in %s is shown", async (base) => {
  using machine = createMachine();

  const { status, stdout, stderr } = await machine.install({
    environment: { ...at(base), STIGMER_VERSION: "v1.2.3" },
  });

  expect(status).not.toBe(0);
  expect(stderr).toContain("127.0.0.1:9/x");
  expect(stdout + stderr).not.toMatch(/u:|se[/@?]?cret|cret/);
});

testDownload.each(shells.map((shell) => [shell.join(" "), shell] as const))(
  "in %s an old stigmer that hangs is not waited for",
  async (_, shell) => {
    const server = await serve();
    using machine = createMachine();
    const forever = Bun.which("tail");
    putStigmer(machine, `#!/bin/sh\n${MARK}exec '${forever}' -f /dev/null\n`);
    machine.fake("sleep", "true");

    const { status, stdout, stderr } = await machine.install({
      shell,
      environment: at(server.url),
    });

    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: `downloading ${ASSET} from ${server.url}\n`,
    });
    expect(stdout).toContain(`version    ${VERSION}, was a version that it does not tell\n`);
    expectInstalled(machine.place);
  },
);

testDownload.each([
  ["runs", "exit 0", true],
  ["is not well", "exit 4", true],
  ["does not run", "exit 3", false],
])("a restart is named when a server %s: %s", async (_, code, isNamed) => {
  const server = await serve();
  using machine = createMachine();
  const version = 'if [ "$1" = version ]; then echo "stigmer v1.0.0 (x)"; exit; fi';
  putStigmer(machine, `#!/bin/sh\n${MARK}${version}\n${code}\n`);

  const { stdout } = await machine.install({ environment: at(server.url) });

  expect(stdout).toContain(`version    ${VERSION}, was v1.0.0\n`);
  expect(stdout.includes("server     it runs on with v1.0.0 until: stigmer server restart\n")).toBe(
    isNamed,
  );
});

testDownload(
  "the same version mends its links, and keeps the file of a server that runs",
  async () => {
    const server = await serve();
    using machine = createMachine();
    await machine.install({ environment: at(server.url) });
    const link = join(machine.place, "kept");
    Bun.spawnSync(["ln", join(machine.place, "stigmer"), link]);
    Bun.spawnSync(["rm", join(machine.place, "stigmer-server")]);

    const { status, stdout } = await machine.install({ environment: at(server.url) });
    const flipped = await machine.install({ environment: at(server.faulty("flipped")) });
    const isSame = Bun.spawnSync(["test", link, "-ef", join(machine.place, "stigmer")]).success;
    Bun.spawnSync(["rm", link]);

    expect(status).toBe(0);
    expect(stdout).toContain(`version    ${VERSION} is already installed\n`);
    expect(stdout).toContain(`checked    sha256 ${sha256Hex(archive)}\n`);
    expect(isSame).toBe(true);
    expectInstalled(machine.place);
    expect(flipped.status).toBe(1);
  },
);

const withCurl = downloaders.includes("curl") ? testDownload : test.skip;
withCurl.each([
  ["include", "include\n"],
  ["output", 'output = "elsewhere"\n'],
])("a ~/.curlrc with %s changes nothing", async (_, content) => {
  const server = await serve();
  using machine = createMachine();
  writeFileSync(join(machine.home, ".curlrc"), content);

  const { status } = await machine.install({ downloader: "curl", environment: at(server.url) });

  expect(status).toBe(0);
  expectInstalled(machine.place);
});

testDownload.each(
  shells.flatMap((shell) =>
    [">&-", "2>&-", ">&- 2>&-"].map((closed) => [shell.join(" "), closed] as const),
  ),
)("in %s a closed output hinders nothing: %s", async (shell, closed) => {
  const server = await serve();
  using machine = createMachine();
  const [program = "", ...flags] = shell.split(" ");

  const { status } = await machine.install({
    shell: ["sh", "-c", `exec ${[Bun.which(program), ...flags].join(" ")} "$0" ${closed}`],
    environment: at(server.url),
  });

  expect(status).toBe(0);
  expectInstalled(machine.place);
});

testScript("the help fits a terminal, and says what is not read", async () => {
  using machine = createMachine();

  const { stdout } = await machine.install({ args: ["--help"] });

  expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  expect(stdout).toContain("~/.curlrc");
});

/** Puts a file called stigmer where the script will install one. */
function putStigmer(machine: Machine, content: string | Uint8Array, mode = 0o755): string {
  mkdirSync(machine.place, { recursive: true });
  const path = join(machine.place, "stigmer");
  writeFileSync(path, content, { mode });
  return path;
}
