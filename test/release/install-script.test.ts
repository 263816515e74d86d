import { afterEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { target } from "../../src/base/build-info.ts";
import { sha256Hex } from "../../src/base/sha256.ts";
import { renderInstallScript } from "../../src/build/release/install-script.ts";
import { releaseFiles, releaseFolder } from "../faults/release-files.ts";
import { releases, run } from "../multicall/compiled.ts";
import {
  archive,
  ASSET,
  at,
  canDownload,
  canRun,
  createMachine,
  downloaders,
  expectInstalled,
  expectUntouched,
  fakeProgram,
  LINKS,
  type Machine,
  MARK,
  namesIn,
  packArchive,
  script,
  scriptFor,
  serve,
  stopServers,
  testDownload,
  testScript,
  VERSION,
} from "./installation.ts";

afterEach(stopServers);

const digest = sha256Hex(archive);
const SLOW_MS = 60_000;

const shells = [
  ["sh"],
  ["dash"],
  ["bash"],
  ["bash", "--posix"],
  ["busybox", "sh"],
  ["zsh", "--emulate", "sh"],
];
const presentShells = shells.filter(([name = ""]) => {
  const isThere = Bun.which(name) !== null;
  if (!isThere) console.warn(`skipped: ${name} is not on this machine`);
  return isThere;
});

describe.each(presentShells.map((shell) => [shell.join(" "), shell] as const))(
  "in %s",
  (_, shell) => {
    testDownload.each(downloaders)(
      "it installs with %s, from a file and from a pipe",
      async (downloader) => {
        const server = await serve();
        for (const isPiped of [false, true]) {
          using machine = createMachine();

          const outcome = await machine.install({
            shell,
            downloader,
            isPiped,
            environment: at(server.url),
          });

          expect(outcome).toEqual({
            status: 0,
            stdout: [
              `installed  ${machine.place}/stigmer`,
              `version    ${VERSION}`,
              `links      ${LINKS.join(" ")}`,
              `checked    sha256 ${digest}`,
              "           the digest is part of this script",
              "PATH       add this line to ~/.bashrc, and open a new shell:",
              '             export PATH="$HOME/.local/bin:$PATH"',
              "next       stigmer server",
              "",
            ].join("\n"),
            stderr: `downloading ${ASSET} from ${server.url}\n`,
          });
          expectInstalled(machine.place);
        }
      },
    );

    testDownload("half of the script does nothing", async () => {
      const server = await serve();
      using machine = createMachine();
      const lengths: number[] = [];
      for (let length = 0; length < script.length - 60; length += 331) lengths.push(length);
      for (let length = script.length - 60; length < script.length - 1; length += 3)
        lengths.push(length);

      for (const length of lengths) {
        await machine.install({
          shell,
          script: script.slice(0, length),
          isPiped: true,
          environment: at(server.url),
        });
      }

      expect(server.requests).toEqual([]);
      expect(namesIn(machine.home)).toEqual([]);
      const whole = await machine.install({ shell, isPiped: true, environment: at(server.url) });
      expect(whole.status).toBe(0);
    });

    testDownload("a wrong digest, a dead server and a wrong setting are refused", async () => {
      const server = await serve();
      using machine = createMachine();

      const flipped = await machine.install({ shell, environment: at(server.faulty("flipped")) });
      const dead = await machine.install({ shell, environment: at("http://127.0.0.1:9") });
      const unknown = await machine.install({ shell, args: ["--force"] });

      expect([flipped.status, dead.status, unknown.status]).toEqual([1, 1, 2]);
      expect(flipped.stderr).toContain(`not ${digest}`);
      expectUntouched(machine);
    });
  },
);

testScript.each([
  [{ STIGMER_VERSION: "latest" }, 'STIGMER_VERSION is "latest", which is not a version'],
  [{ STIGMER_VERSION: "v1.2.3/../x" }, 'STIGMER_VERSION is "v1.2.3/../x", which is not a version'],
  [
    { STIGMER_DOWNLOAD_BASE_URL: "ftp://me:hush@mirror.example" },
    "no base of addresses: ftp://mirror.example",
  ],
  [{ STIGMER_DOWNLOAD_BASE_URL: "mirror.example" }, "no base of addresses: mirror.example"],
  [
    { STIGMER_DOWNLOAD_BASE_URL: "https://mirror.example/?sig=hush" },
    "no base of addresses: https://mirror.example/",
  ],
  [
    { STIGMER_STALL_SECONDS: "soon" },
    'STIGMER_STALL_SECONDS is "soon", which is no number of seconds',
  ],
  [{ STIGMER_STALL_SECONDS: "0" }, "which is no number of seconds"],
  [{ STIGMER_INSTALL_DIR: "bin" }, 'STIGMER_INSTALL_DIR is "bin", which is not an absolute path'],
] as const)("a wrong setting is named: %j", async (environment, text) => {
  using machine = createMachine();

  const { status, stderr } = await machine.install({ environment });

  expect(status).toBe(2);
  expect(stderr).toContain(text);
  expect(stderr).not.toContain("hush");
  expectUntouched(machine);
});

testScript("it explains itself, and takes no arguments else", async () => {
  using machine = createMachine();

  const help = await machine.install({ args: ["--help"] });
  const wrong = await machine.install({ args: ["--prefix=/usr"] });

  expect(help).toMatchObject({ status: 0, stderr: "" });
  // Where stigmer keeps its state is no setting of the script.
  const settings = new Set(script.match(/STIGMER_(?!HOME)[A-Z_]+/g));
  for (const variable of settings) expect(help.stdout).toContain(variable);
  expect(wrong).toMatchObject({ status: 2, stdout: "" });
  expect(wrong.stderr).toContain('there is no argument "--prefix=/usr"');
});

describe("the place", () => {
  testDownload.each([
    [{ HOME: "" }, "HOME is not set, so there is no folder to install into"],
    [{ HOME: "home" }, 'HOME is "home", which is not an absolute path'],
  ] as const)("a home like %j is refused, unless a folder is named", async (environment, text) => {
    const server = await serve();
    using machine = createMachine();
    const folder = join(machine.home, "here");

    const refused = await machine.install({ environment: { ...environment, ...at(server.url) } });
    const named = await machine.install({
      environment: { ...environment, ...at(server.url), STIGMER_INSTALL_DIR: folder },
    });

    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain(text);
    expect(named.status).toBe(0);
    expectInstalled(folder);
  });

  testDownload.each(["with spaces and $signs", 'quote\'s "two"', "colon:in:it"])(
    "a folder may be called %s",
    async (name) => {
      const server = await serve();
      using machine = createMachine();
      const folder = join(machine.home, name);

      const { status, stdout } = await machine.install({
        environment: { ...at(server.url), STIGMER_INSTALL_DIR: folder },
      });

      expect(status).toBe(0);
      expectInstalled(folder);
      const line = stdout.split("\n").find((candidate) => candidate.includes("export PATH")) ?? "";
      const { stdout: path } = Bun.spawnSync(
        [Bun.which("dash") ?? "/bin/sh", "-c", `${line.trim()}; printf %s "$PATH"`],
        {
          env: { HOME: machine.home, PATH: "/rest" },
        },
      );
      expect(path.toString()).toBe(`${folder}:/rest`);
    },
  );

  testDownload("an earlier stigmer is replaced, and the change is told", async () => {
    const server = await serve();
    using machine = createMachine();
    mkdirSync(machine.place, { recursive: true });
    writeFileSync(join(machine.place, "stigmer"), fakeProgram("v1.0.0"), { mode: 0o755 });
    writeFileSync(join(machine.place, "neighbour"), "");

    const first = await machine.install({ environment: at(server.url) });
    const second = await machine.install({ environment: at(server.url) });

    expect(first.stdout).toContain(`version    ${VERSION}, was v1.0.0\n`);
    expect(first.stdout).not.toMatch(/^(server|next) /m);
    expect(second.status).toBe(0);
    expect(second.stdout).toContain(`version    ${VERSION} is already installed\n`);
    expect(second.stdout).toContain(`sha256 ${digest}`);
    expect(second.stdout).not.toMatch(/^(server|next) |, was/m);
    expect(namesIn(machine.place)).toEqual(["neighbour", "stigmer", ...LINKS].toSorted());
  });

  const strangers: [what: string, make: (place: string) => void, text: string][] = [
    [
      "a folder",
      (place) => mkdirSync(join(place, "stigmer")),
      "stigmer is there already, and is no file",
    ],
    [
      "a link",
      (place) => symlinkSync("/opt/stigmer", join(place, "stigmer")),
      "stigmer is a link to /opt/stigmer",
    ],
    [
      "a pipe",
      (place) => void Bun.spawnSync(["mkfifo", join(place, "stigmer")]),
      "stigmer is there already, and is no file",
    ],
    [
      "somebody's stigmer-server",
      (place) => writeFileSync(join(place, "stigmer-server"), "mine"),
      "stigmer-server is there already, and is no link to stigmer",
    ],
    [
      "a link of somebody else",
      (place) => symlinkSync("other", join(place, "stigmer-server")),
      "stigmer-server is there already, and is no link to stigmer",
    ],
    [
      "another installer's mark",
      (place) => writeFileSync(join(place, ".stigmer-managed"), "brew upgrade stigmer\n"),
      "stigmer belongs to another installer\nhint: run: brew upgrade stigmer",
    ],
  ];
  testDownload.each(strangers)("%s in it is left alone", async (_, make, text) => {
    const server = await serve();
    using machine = createMachine();
    mkdirSync(machine.place, { recursive: true });
    make(machine.place);
    const before = namesIn(machine.place);

    const { status, stderr } = await machine.install({ environment: at(server.url) });

    expect(status).toBe(1);
    expect(stderr).toContain(text);
    expect(namesIn(machine.place)).toEqual(before);
    expect(server.requests).toEqual([]);
  });

  testDownload("a file where a folder must be is named", async () => {
    using machine = createMachine();
    writeFileSync(join(machine.home, ".local"), "");

    const { status, stderr } = await machine.install();

    expect(status).toBe(1);
    expect(stderr).toContain(`cannot make the folder ${machine.place}: `);
  });

  testDownload(
    "what a killed installation left is swept, poisoned parts are not used, a living one stays",
    async () => {
      const server = await serve();
      using machine = createMachine();
      const gone = Bun.spawnSync(["true"]).pid;
      const [dead, alive] = [`.stigmer-install.${gone}`, `.stigmer-install.${process.pid}`];
      for (const name of [dead, alive]) {
        mkdirSync(join(machine.place, name), { recursive: true });
        writeFileSync(join(machine.place, name, ASSET), "poison");
      }

      const { status } = await machine.install({ environment: at(server.url) });

      expect(status).toBe(0);
      expect(server.requests.map(({ headers }) => headers["range"])).toEqual([undefined]);
      expect(namesIn(machine.place)).toEqual([alive, "stigmer", ...LINKS].toSorted());
    },
  );

  testDownload(
    "a PATH that has it needs no advice, and one that has another stigmer first gets some",
    async () => {
      const server = await serve();
      using machine = createMachine();
      const path = join(machine.tools, ":", machine.place).replace("/:/", ":/");
      const environment = { ...at(server.url), PATH: path };

      const calm = await machine.install({ environment });
      machine.fake("stigmer", "true");
      const careful = await machine.install({ environment });

      expect(calm.stdout).not.toMatch(/PATH|careful/);
      expect(careful.stdout).toContain(
        `careful    "stigmer" means ${machine.tools}/stigmer, which comes first on your PATH`,
      );
    },
  );

  testDownload.each([
    [
      "/usr/bin/fish",
      'add this line to ~/.config/fish/config.fish, and open a new shell:\n             fish_add_path "$HOME/.local/bin"',
    ],
    ["/bin/zsh", "~/.zshrc"],
    ["/bin/bash", "~/.bashrc"],
    ["/bin/sh", "~/.profile"],
    ["", "~/.profile"],
  ])("the advice suits %s", async (SHELL, text) => {
    const server = await serve();
    using machine = createMachine();

    const { stdout } = await machine.install({ environment: { ...at(server.url), SHELL } });

    expect(stdout).toContain(text);
  });
});

describe("disks", () => {
  const canMount = (() => {
    const place = mkdtempSync(join(tmpdir(), "stigmer-mount-"));
    const made =
      Bun.which("mount") !== null && Bun.spawnSync(["mount", "-t", "tmpfs", "none", place]).success;
    if (made) Bun.spawnSync(["umount", place]);
    rmSync(place, { recursive: true });
    if (!made) console.warn("skipped: this user may not mount a file system");
    return made;
  })();
  const big = packArchive(`${fakeProgram(VERSION)}${"# padding\n".repeat(40_000)}`);

  test.skipIf(!canMount || !canDownload).each([
    ["the download", "size=8k"],
    ["what is unpacked", "size=200k"],
  ])("one that is too small for %s is named, and the old file is kept", async (_, size) => {
    const server = await serve(releaseFiles(VERSION, { [ASSET]: await big }));
    const bigScript = scriptFor(await big);
    await onDisk(size, async (machine) => {
      writeFileSync(join(machine.place, "stigmer"), fakeProgram("v1.0.0"), { mode: 0o755 });

      for (const downloader of downloaders) {
        const { status, stderr } = await machine.install({
          downloader,
          script: bigScript,
          environment: at(server.url),
        });

        expect(status).toBe(1);
        expect(stderr).toMatch(
          /error: cannot (download|unpack) .*\nhint: make room in .*STIGMER_INSTALL_DIR\n$/,
        );
        expect(namesIn(machine.place)).toEqual(["stigmer"]);
        expect(readFileSync(join(machine.place, "stigmer"), "utf8")).toBe(fakeProgram("v1.0.0"));
      }
    });
  });

  test.skipIf(!canMount || !canDownload)("one that may not be written is named", async () => {
    await onDisk("ro", async (machine) => {
      const { status, stderr } = await machine.install();

      expect(status).toBe(1);
      expect(stderr).toBe(
        `error: cannot write in ${machine.place}: Read-only file system\nhint: choose another folder with STIGMER_INSTALL_DIR\n`,
      );
    });
  });

  test.skipIf(!canMount || !canDownload)(
    "one from which no program may run is named, and nothing is put there",
    async () => {
      const server = await serve();
      await onDisk("noexec", async (machine) => {
        const { status, stderr } = await machine.install({ environment: at(server.url) });

        expect(status).toBe(1);
        expect(stderr).toMatch(
          /the new stigmer does not run here: .*ermission denied.*\nhint: programs may not run in /,
        );
        expect(namesIn(machine.place)).toEqual([]);
      });
    },
  );

  test.skipIf(process.getuid?.() === 0 || !canDownload)(
    "a folder of somebody else is named",
    async () => {
      using machine = createMachine();
      mkdirSync(machine.place, { recursive: true });
      chmodSync(machine.place, 0o555);

      const { status, stderr } = await machine.install();

      expect(status).toBe(1);
      expect(stderr).toContain(`cannot write in ${machine.place}: Permission denied`);
    },
  );
});

describe("the platform", () => {
  const machines: [
    target: string,
    system: string,
    processor: string,
    tools: Record<string, string>,
  ][] = [
    ["linux-amd64", "Linux", "x86_64", {}],
    ["linux-arm64", "Linux", "aarch64", {}],
    ["linux-amd64-musl", "Linux", "x86_64", { ldd: "echo 'musl libc (x86_64)' >&2; exit 1" }],
    ["linux-arm64-musl", "Linux", "arm64", { ldd: "echo 'musl libc (aarch64)' >&2; exit 1" }],
    ["darwin-arm64", "Darwin", "arm64", {}],
    ["darwin-amd64", "Darwin", "x86_64", { sysctl: "echo 0" }],
    ["darwin-amd64", "Darwin", "x86_64", { sysctl: "exit 1" }],
    // Rosetta: a translated shell on Apple's own processor.
    ["darwin-arm64", "Darwin", "x86_64", { sysctl: "echo 1" }],
  ];
  testDownload.each(machines)(
    "%s is what %s on %s gets, with %j",
    async (name, system, processor, tools) => {
      const asset = `stigmer-${VERSION}-${name}.tar.gz`;
      const server = await serve(releaseFiles(VERSION, { [asset]: archive }));
      using machine = createMachine();
      machine.fake("uname", `case $1 in -s) echo ${system} ;; *) echo ${processor} ;; esac`);
      for (const [tool, code] of Object.entries(tools)) machine.fake(tool, code);

      const { status } = await machine.install({
        script: renderInstallScript({ version: VERSION, digests: new Map([[asset, digest]]) }),
        environment: at(server.url),
      });

      expect(status).toBe(0);
      expect(server.requests.map(({ path }) => path)).toEqual([`/${VERSION}/${asset}`]);
    },
  );

  testDownload.each([
    [
      "MINGW64_NT-10.0",
      "x86_64",
      "",
      "no build of stigmer for MINGW64_NT-10.0\nhint: there are builds for Linux (also in WSL) and macOS",
    ],
    ["Linux", "riscv64", "", "no build of stigmer for the processor riscv64"],
    ["Linux", "aarch64", "echo 32", "the programs of this system are of 32 bits"],
    [
      "Linux",
      "aarch64",
      "",
      `the release ${VERSION} has no stigmer-${VERSION}-linux-arm64.tar.gz\nhint: it is there for: linux-amd64`,
    ],
  ])("%s on %s is told what there is", async (system, processor, getconf, text) => {
    using machine = createMachine();
    machine.fake("uname", `case $1 in -s) echo ${system} ;; *) echo ${processor} ;; esac`);
    if (getconf !== "") machine.fake("getconf", getconf);

    const { status, stderr } = await machine.install();

    expect(status).toBe(1);
    expect(stderr).toContain(text);
    expectUntouched(machine);
  });

  testScript.each([
    ["tar", {}, "tar is needed, and is not there"],
    ["gzip", {}, "gzip is needed, and is not there"],
    ["sha256sum", {}, "nothing here computes a SHA-256"],
    ["curl", { downloader: "none" }, "neither curl (other than from a snap) nor wget is there"],
  ] as const)("without %s it says so before it does anything", async (tool, how, text) => {
    using machine = createMachine();
    machine.remove(tool);

    const { status, stderr } = await machine.install(how);

    expect(status).toBe(1);
    expect(stderr).toContain(text);
    expectUntouched(machine);
  });

  test.skipIf(!downloaders.includes("wget") || !canDownload)(
    "wget stands in for the curl of a snap",
    async () => {
      const server = await serve();
      using machine = createMachine();
      const snap = join(machine.home, "snap/bin");
      mkdirSync(snap, { recursive: true });
      writeFileSync(join(snap, "curl"), "#!/bin/sh\nexit 23\n", { mode: 0o755 });

      const { status } = await machine.install({
        downloader: "wget",
        environment: { ...at(server.url), PATH: `${snap}:${machine.tools}` },
      });

      expect(status).toBe(0);
      expect(server.requests[0]?.headers["user-agent"]).toMatch(/^Wget/);
    },
  );

  const hashers = ["shasum", "openssl"].flatMap((tool) => {
    const path = Bun.which(tool);
    if (path === null) console.warn(`skipped: ${tool} is not on this machine`);
    return path === null ? [] : [[tool, path] as const];
  });
  testDownload.each(hashers)("%s stands in for sha256sum", async (tool, path) => {
    const server = await serve();
    using machine = createMachine();
    machine.remove("sha256sum");
    machine.fake(tool, `exec ${path} "$@"`);

    const good = await machine.install({ environment: { ...at(server.url) } });
    const bad = await machine.install({ environment: at(server.faulty("flipped")) });

    expect([good.status, bad.status]).toEqual([0, 1]);
    expect(bad.stderr).toContain(`not ${digest}`);
  });
});

describe("the new file", () => {
  testDownload.each([
    ["does not start", "#!/nowhere/loader\n", /does not run here: .*\(status (126|127)\)\nhint: /],
    [
      "fails",
      "#!/bin/sh\necho 'no such symbol: x' >&2\nexit 3\n",
      /does not run here: no such symbol: x \(status 3\)\nhint: nothing was installed; this file is for linux-amd64/,
    ],
    [
      "needs a newer processor",
      "#!/bin/sh\nkill -ILL $$\n",
      /\(status 132\)\nhint: the processor has no SSE4\.2, which stigmer needs/,
    ],
    [
      "misses the C++ library",
      "#!/bin/sh\necho 'Error loading shared library libstdc++.so.6: No such file' >&2\nexit 127\n",
      /library libstdc\+\+.*\nhint: the C\+\+ library is missing; on Alpine: apk add libstdc\+\+/,
    ],
    [
      "is another version",
      fakeProgram("v1.0.0"),
      /the new stigmer says that it is "stigmer v1\.0\.0 .*", not v9\.9\.9/,
    ],
    ["only begins like it", fakeProgram(`${VERSION}0`), /the new stigmer says that it is/],
  ])("which %s is not put in place", async (_, program, text) => {
    const packed = await packArchive(program);
    const server = await serve(releaseFiles(VERSION, { [ASSET]: packed }));
    using machine = createMachine();
    mkdirSync(machine.place, { recursive: true });
    writeFileSync(join(machine.place, "stigmer"), fakeProgram("v0.9.0"), { mode: 0o755 });

    const { status, stdout, stderr } = await machine.install({
      script: scriptFor(packed),
      environment: at(server.url),
    });

    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(text);
    expect(namesIn(machine.place)).toEqual(["stigmer"]);
    expect(readFileSync(join(machine.place, "stigmer"), "utf8")).toBe(fakeProgram("v0.9.0"));
  });

  testDownload("an archive without it, or that is none, is refused", async () => {
    for (const packed of [await packArchive("x", "other"), Buffer.from("no archive")]) {
      const server = await serve(releaseFiles(VERSION, { [ASSET]: packed }));
      using machine = createMachine();

      const { status, stderr } = await machine.install({
        script: scriptFor(packed),
        environment: at(server.url),
      });

      expect(status).toBe(1);
      expect(stderr).toContain(`cannot unpack ${ASSET}: `);
      expectUntouched(machine);
    }
  });
});

testDownload.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
  ["SIGHUP", 129],
] as const)(
  "%s in the middle of a download leaves nothing, and no downloader",
  async (signal, status) => {
    const server = await serve();
    using machine = createMachine();
    const child = machine.start({ environment: at(server.faulty("stall")) });
    while (server.requests.length === 0) await Bun.sleep(5);

    child.kill(signal);

    expect(await child.exited).toBe(status);
    // Whoever still held the pipes would keep this from ending.
    expect(await child.stderr.text()).toBe(`downloading ${ASSET} from ${server.faulty("stall")}\n`);
    expectUntouched(machine);
  },
);

testDownload(
  "the script of a real release installs it, and it runs under each of its names",
  async () => {
    const folder = resolve(import.meta.dir, "../../dist/test/release", releases.old.version);
    const server = await serve(releaseFolder(releases.old.version, folder));
    using machine = createMachine();

    const { status } = await machine.install({
      script: readFileSync(join(folder, "install.sh"), "utf8"),
      environment: { ...at(server.url), PATH: `${process.env["PATH"]}:${machine.tools}` },
    });
    const ask = async (...words: string[]) => {
      const answer = await run(words, { home: machine.home });
      return answer.stdout;
    };

    expect(status).toBe(0);
    expectInstalled(machine.place);
    expect(
      JSON.parse(await ask(join(machine.place, "stigmer"), "version", "--json")),
    ).toMatchObject({
      version: releases.old.version,
      target,
    });
    expect(await ask(join(machine.place, "stigmer-agent-runner"), "--version")).toBe(
      `agent-runner ${releases.old.version}\n`,
    );
    expect(sha256Hex(readFileSync(join(machine.place, "stigmer")))).toBe(
      sha256Hex(readFileSync(releases.old.binary)),
    );
  },
);

describe("--uninstall", () => {
  const uninstall = { args: ["--uninstall"] };

  testDownload(
    "takes away what was installed and what an upgrade kept, and nothing else",
    async () => {
      const server = await serve();
      using machine = createMachine();
      await machine.install({ environment: at(server.url) });
      for (const name of [
        ".stigmer.previous",
        ".stigmer.kept",
        ".stigmer.fresh",
        ".stigmer.lock",
        "neighbour",
      ]) {
        writeFileSync(join(machine.place, name), "");
      }
      mkdirSync(join(machine.home, ".stigmer"));

      const { status, stdout } = await machine.install(uninstall);
      const again = await machine.install(uninstall);

      expect(status).toBe(0);
      expect(stdout).toBe(
        [
          `removed    ${machine.place}/stigmer`,
          `links      ${LINKS.join(" ")}`,
          `kept       ${machine.home}/.stigmer, with all data; removing it is up to you`,
          "",
        ].join("\n"),
      );
      expect(namesIn(machine.place)).toEqual(["neighbour"]);
      expect(existsSync(join(machine.home, ".stigmer"))).toBe(true);
      expect(again.status).toBe(1);
      expect(again.stderr).toContain(`there is no stigmer in ${machine.place}`);
    },
  );

  testScript.each([
    ["service", "stigmer runs at every login", "service uninstall", serviceIs(true)],
    ["server", "a server of stigmer runs", "server stop", '[ "$1" = server ] || exit 3'],
    ["ailing server", "a server of stigmer runs", "server stop", "exit 4"],
  ])("waits until its %s is gone", async (_, text, command, code) => {
    using machine = createMachine();
    mkdirSync(machine.place, { recursive: true });
    const path = join(machine.place, "stigmer");
    writeFileSync(path, `#!/bin/sh\n${MARK}${code}\n`, { mode: 0o755 });

    const { status, stderr } = await machine.install(uninstall);

    expect(status).toBe(1);
    expect(stderr).toBe(`error: ${text}\nhint: run first: ${path} ${command}\n`);
    expect(existsSync(path)).toBe(true);
  });

  testScript.each([
    ["a file of systemd that somebody else wrote", serviceIs(false)],
    ["a command that fails", "exit 1"],
    ["a command that it does not know", "exit 2"],
  ])("does not wait for %s", async (_, code) => {
    using machine = createMachine();
    mkdirSync(machine.place, { recursive: true });
    writeFileSync(join(machine.place, "stigmer"), `#!/bin/sh\n${MARK}${code}\n`, { mode: 0o755 });

    const { status, stderr } = await machine.install(uninstall);

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(namesIn(machine.place)).toEqual([]);
  });

  test.skipIf(!canRun || process.platform !== "linux")(
    "waits for a real service and a real server, and not for a server that was killed",
    async () => {
      using machine = createMachine();
      mkdirSync(machine.place, { recursive: true });
      const path = join(machine.place, "stigmer");
      copyFileSync(releases.old.binary, path);
      machine.fake("systemctl", "exit 1");
      const environment = {
        PATH: `${machine.tools}:${process.env["PATH"]}`,
        STIGMER_HOME: join(machine.home, ".stigmer"),
      };
      const ask = (...words: string[]) =>
        run([path, ...words], { home: machine.home, environment });
      const tryIt = () => machine.install({ ...uninstall, environment });

      await ask("service", "install");
      const withService = await tryIt();
      await ask("service", "uninstall");
      await ask("server", "--port", "0");
      const withServer = await tryIt();
      const server = await ask("server", "status", "--json");
      process.kill(JSON.parse(server.stdout).pid, "SIGKILL");
      while ((await ask("server", "status")).status !== 1) await Bun.sleep(20);
      const killed = await tryIt();

      expect([withService.status, withServer.status, killed.status]).toEqual([1, 1, 0]);
      expect(withService.stderr).toContain(`run first: ${path} service uninstall`);
      expect(withServer.stderr).toContain(`run first: ${path} server stop`);
      expect(namesIn(machine.place)).toEqual([]);
    },
    SLOW_MS,
  );

  testScript("removes a file that does not run, and asks a real one", async () => {
    using machine = createMachine();
    mkdirSync(machine.place, { recursive: true });
    const path = join(machine.place, "stigmer");

    writeFileSync(path, `#!/nowhere/loader\n${MARK}`, { mode: 0o755 });
    const broken = await machine.install(uninstall);
    symlinkSync(releases.old.binary, path);
    const linked = await machine.install(uninstall);
    rmSync(path);
    copyFileSync(releases.old.binary, path);
    const real = await machine.install({
      ...uninstall,
      environment: { PATH: process.env["PATH"] ?? "" },
    });

    expect([broken.status, linked.status, real.status]).toEqual([0, 1, 0]);
    expect(namesIn(machine.place)).toEqual([]);
  });
});

testDownload.each([
  ["of that file alone", "", "early .stigmer-install.NNN/stigmer"],
  ["of everything where sync takes no name", '[ -z "${1:-}" ] || exit 1', "early "],
])("its bytes are on the disk before its name is: %s", async (_, code, text) => {
  const server = await serve();
  using machine = createMachine();
  const log = join(machine.home, "log");
  const when = `[ -e '${machine.place}/stigmer' ] && echo late || echo "early \${1#'${machine.place}/'}"`;
  machine.fake("sync", `${code}\n{ ${when}; } >>'${log}'`);

  const { status } = await machine.install({ environment: at(server.url) });

  expect(status).toBe(0);
  expect(readFileSync(log, "utf8").replace(/\.\d+\//, ".NNN/")).toBe(`${text}\n`);
});

testDownload("two at once both succeed", async () => {
  const server = await serve();
  using machine = createMachine();

  const both = await Promise.all(
    [1, 2].map(async () => machine.install({ environment: at(server.faulty("trickle")) })),
  );

  expect(both.map(({ status }) => status)).toEqual([0, 0]);
  expectInstalled(machine.place);
});

test("only words that mean nothing to a shell get into the script", () => {
  const digests = new Map([[ASSET, digest]]);

  expect(() => renderInstallScript({ version: "v1.2.3'; rm -rf /", digests })).toThrow(
    "the version",
  );
  expect(() => renderInstallScript({ version: VERSION, digests: new Map([[ASSET, "'"]]) })).toThrow(
    "the SHA-256",
  );
});

test("it knows the archives of its own release and nothing else", () => {
  const names = [
    ASSET,
    ASSET.replace("amd64", "arm64"),
    "agent-runner-v9.9.9-linux-amd64",
    "stigmer.rb",
  ];

  const rendered = renderInstallScript({
    version: VERSION,
    digests: new Map([...names, "stigmer-v1.0.0-linux-amd64.tar.gz"].map((name) => [name, digest])),
  });

  const known = /baked_digests='([^']*)'/.exec(rendered)?.[1]?.split("\n");
  expect(known).toEqual([`${digest}  ${ASSET}`, `${digest}  ${names[1]}`]);
});

const shellcheck = Bun.which("shellcheck");
if (shellcheck === null) console.warn("skipped: shellcheck is not on this machine");
test.skipIf(shellcheck === null)("shellcheck has nothing to say", () => {
  const { stdout } = Bun.spawnSync([shellcheck ?? "", "--enable=quote-safe-variables", "-"], {
    stdin: Buffer.from(script),
  });

  expect(stdout.toString()).toBe("");
});

/** A program whose service is installed or not, and not well. */
function serviceIs(installed: boolean): string {
  return `case $1 in service) echo '{"installed":${installed}}'; exit 1 ;; *) exit 3 ;; esac`;
}

async function onDisk(options: string, work: (machine: Machine) => Promise<void>): Promise<void> {
  using machine = createMachine();
  mkdirSync(machine.place, { recursive: true });
  const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", options, "none", machine.place]);
  if (!mounted.success) throw new Error(mounted.stderr.toString());
  try {
    await work(machine);
  } finally {
    Bun.spawnSync(["umount", "-l", machine.place]);
  }
}
