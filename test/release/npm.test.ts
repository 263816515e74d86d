import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

import { target } from "../../src/base/build-info.ts";
import { sha256Hex } from "../../src/base/sha256.ts";
import { writeNpmPackages } from "../../src/build/release/npm-packages.ts";
import { findTarget, targets } from "../../src/build/release/targets.ts";
import { type Outcome, releases, run } from "../multicall/compiled.ts";
import { readManifest, startNpmRegistry } from "./npm-registry.ts";
import { areHere } from "./on-this-machine.ts";

/** npm starts slowly on a busy machine. */
setDefaultTimeout(60_000);

const VERSION = "9.9.1";
const COMMANDS = ["stigmer", "stigmer-server", "stigmer-workflow-runner", "stigmer-agent-runner"];
const time = new Date("2026-01-02T03:04:05Z");

/** Says each signal that comes, and goes on. */
const PROGRAM = `#!/usr/bin/env bun
for (const name of ["SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGTERM"]) {
  process.on(name, () => console.log("got " + name));
}
console.log("ready " + process.pid);
setInterval(() => {}, 1000);
`;

let root = "";
/** Packages of every platform: the real binary of this one, and a small file for the others. */
let real: string[] = [];
/** The same, all with a small file. */
let small: string[] = [];

const own = packageOf(target);
const other = packageOf(
  target.startsWith("linux-")
    ? `${target.replace("-musl", "")}${target.endsWith("-musl") ? "" : "-musl"}`
    : "linux-amd64",
);

function packageOf(name: string): string {
  const { os, cpu, libc } = findTarget(name).npm;
  return `@stigmer/cli-${os}-${cpu}${libc === "musl" ? "-musl" : ""}`;
}

const tarballOf = (paths: readonly string[], name: string): string => {
  const file = `${name.replace("@", "").replace("/", "-")}-${VERSION}.tgz`;
  return paths.find((path) => basename(path) === file) ?? `${file} was not written`;
};

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "stigmer-npm-"));
  const fake = join(root, "fake");
  writeFileSync(fake, '#!/bin/sh\necho "fake $*"\nexit 7\n');
  const binaries = new Map(targets.map(({ name }) => [name, fake]));
  const request = { version: `v${VERSION}`, notices: "", time };
  small = await writeNpmPackages({ ...request, binaries, folder: join(root, "small") });
  const folder = join(root, "real");
  real = await writeNpmPackages({
    ...request,
    binaries: new Map([...binaries, [target, releases.old.binary]]),
    folder,
  });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("what is published", () => {
  test("the package that depends on the others comes last, and on exactly their version", async () => {
    const manifests = await Promise.all(small.map(readManifest));

    const platforms = manifests.slice(0, -1).map(({ name }) => name);
    expect(platforms).toEqual(targets.map(({ name }) => packageOf(name)));
    expect(manifests.at(-1)).toMatchObject({
      name: "stigmer",
      version: VERSION,
      bin: Object.fromEntries(COMMANDS.map((name) => [name, `bin/${name}.cjs`])),
      optionalDependencies: Object.fromEntries(platforms.map((name) => [name, VERSION])),
    });
    expect(JSON.stringify(manifests)).not.toContain('install":');
  });

  test.each(targets.map(({ name, npm }) => [name, npm] as const))(
    "npm takes the package for %s there and nowhere else",
    async (name, npm) => {
      const manifest = await readManifest(tarballOf(small, packageOf(name)));

      expect(manifest).toMatchObject({ version: VERSION, os: [npm.os], cpu: [npm.cpu] });
      expect(manifest["libc"]).toEqual(npm.libc === undefined ? undefined : [npm.libc]);
    },
  );

  test.skipIf(!areHere("tar", "gzip"))(
    "each holds its file, who looks after it, and nothing that changes from build to build",
    async () => {
      const again = await writeNpmPackages({
        version: `v${VERSION}`,
        binaries: new Map(targets.map(({ name }) => [name, join(root, "fake")])),
        folder: join(root, "again"),
        notices: "",
        time,
      });

      expect(again.map((path) => sha256Hex(readFileSync(path)))).toEqual(
        small.map((path) => sha256Hex(readFileSync(path))),
      );
      expect(listOf(tarballOf(small, own))).toEqual([
        "-rw-r--r-- 0/0 package/package.json",
        "-rw-r--r-- 0/0 package/LICENSE",
        "-rw-r--r-- 0/0 package/README.md",
        "-rwxr-xr-x 0/0 package/bin/stigmer",
        "-rw-r--r-- 0/0 package/bin/.stigmer-managed",
        "-rw-r--r-- 0/0 package/THIRD-PARTY.txt",
      ]);
      expect(listOf(tarballOf(small, "stigmer"))).toEqual([
        "-rw-r--r-- 0/0 package/package.json",
        "-rw-r--r-- 0/0 package/LICENSE",
        "-rw-r--r-- 0/0 package/README.md",
        "-rw-r--r-- 0/0 package/launch.cjs",
        "-rw-r--r-- 0/0 package/find-binary.cjs",
        ...COMMANDS.map((name) => `-rwxr-xr-x 0/0 package/bin/${name}.cjs`),
      ]);
    },
  );
});

const npm = Bun.which("npm");
if (npm === null) console.warn("skipped: npm is not on this machine");

/** npm as on a machine of its own: no settings, no cache and no registry of whoever runs the tests. */
async function runNpm(home: string, registry: string, ...words: string[]): Promise<Outcome> {
  mkdirSync(home, { recursive: true });
  return run([npm ?? "npm", ...words], {
    home,
    environment: {
      npm_config_cache: join(home, "cache"),
      npm_config_registry: registry,
      npm_config_userconfig: join(home, "npmrc"),
      npm_config_globalconfig: join(home, "global-npmrc"),
      npm_config_audit: "false",
      npm_config_fund: "false",
      npm_config_update_notifier: "false",
      npm_config_fetch_retries: "0",
    },
  });
}
const NOBODY = "http://127.0.0.1:9";

describe.skipIf(npm === null)("installed from two files", () => {
  let home = "";
  const bin = (name: string): string => join(home, "node_modules/.bin", name);
  beforeAll(async () => {
    home = join(root, "project");
    mkdirSync(home);
    writeFileSync(join(home, "package.json"), "{}");
    const files = [tarballOf(real, "stigmer"), tarballOf(real, own)];

    const { status, stderr } = await runNpm(home, NOBODY, "install", "--offline", ...files);

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("a first run with --json prints one document and nothing else", async () => {
    const { status, stdout, stderr } = await run([bin("stigmer"), "version", "--json"], { home });

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ version: `v${VERSION}`, target });
  });

  test.each([
    ["stigmer", ["version"]],
    ["stigmer", ["no-such-command", "--", "two words", "", "*"]],
    ["stigmer", ["jq", "-n", '"a b" | halt_error(3)']],
    ["stigmer-server", ["--nonsense"]],
    ["stigmer-workflow-runner", ["--nonsense"]],
    ["stigmer-agent-runner", ["--version"]],
    ["stigmer-agent-runner", ["--nonsense"]],
  ])("%s %j is what the file itself is under that name", async (name, args) => {
    await run([releases.old.binary, "agent-runner", "--version"], { home });

    const direct = await run([releases.old.binary, ...args], { home, argv0: name });
    const behind = await run([bin(name), ...args], { home });

    expect(behind).toEqual(direct);
  });

  test("what it reads comes from the same standard input", async () => {
    const child = Bun.spawn([bin("stigmer"), "jq", ".a"], {
      env: { PATH: process.env["PATH"] ?? "", HOME: home },
      stdin: Buffer.from('{"a": [1]}'),
      stdout: "pipe",
    });

    expect(JSON.parse(await child.stdout.text())).toEqual([1]);
    expect(await child.exited).toBe(0);
  });

  test("it leaves upgrades to npm", async () => {
    const { status, stderr } = await run([bin("stigmer"), "upgrade"], {
      home,
      environment: { STIGMER_DOWNLOAD_BASE_URL: NOBODY },
    });

    expect(status).toBe(4);
    expect(stderr).toContain("hint: run: npm install -g stigmer@latest");
  });

  test("without the package of its platform it names it, and the command that mends it", async () => {
    const away = join(root, "away");
    renameSync(join(home, "node_modules/@stigmer"), away);
    try {
      const { status, stdout, stderr } = await run([bin("stigmer-server")], { home });

      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      expect(stderr).toBe(
        `error: the package ${own}, which holds the program for this system, is not installed; was it left out with --omit=optional or --no-optional?\n` +
          `hint: run on this system: npm install --include=optional stigmer@${VERSION} (with -g for a global one)\n`,
      );
    } finally {
      renameSync(away, join(home, "node_modules/@stigmer"));
    }
  });

  test("in a folder copied from another system it says so", async () => {
    const copy = join(root, "copied");
    cpSync(join(home, "node_modules/stigmer"), join(copy, "node_modules/stigmer"), {
      recursive: true,
    });
    await unpack(tarballOf(small, other), join(copy, "node_modules", other));

    const { status, stderr } = await run(
      ["node", join(copy, "node_modules/stigmer/bin/stigmer.cjs")],
      { home },
    );

    expect(status).toBe(1);
    expect(stderr).toContain(`${other} is: was node_modules copied from another system?`);
  });

  test.each([
    ["freebsd", "x64"],
    ["win32", "arm64"],
    ["linux", "riscv64"],
  ])("on %s and %s it tells where it runs", async (platform, cpu) => {
    const preload = join(root, `${platform}-${cpu}.cjs`);
    writeFileSync(
      preload,
      `Object.defineProperty(process, "platform", { value: "${platform}" }); Object.defineProperty(process, "arch", { value: "${cpu}" });`,
    );

    const { status, stderr } = await run(["node", "--require", preload, bin("stigmer")], { home });

    expect(status).toBe(1);
    expect(stderr).toContain(`error: there is no build of stigmer for ${platform}-${cpu}`);
    expect(stderr).toContain("hint: there are builds for linux-x64, linux-arm64, linux-x64-musl");
    expect(stderr).not.toContain("    at ");
  });
});

describe.skipIf(npm === null)("installed from a registry", () => {
  test("npm fetches the one package that fits, and npx runs it", async () => {
    const registry = await startNpmRegistry(small);
    const home = join(root, "global");
    const prefix = join(home, "prefix");
    try {
      const installed = await runNpm(
        home,
        registry.url,
        "install",
        "--global",
        "--prefix",
        prefix,
        "stigmer",
      );
      const fetched = registry.fetched.toSorted();
      const called = await run([join(prefix, "bin/stigmer"), "a", "b c"], { home });
      const cwd = join(home, "elsewhere");
      const npx = await runNpm(cwd, registry.url, "exec", "--yes", "--", "stigmer", "version");

      expect(installed.status).toBe(0);
      expect(fetched).toEqual(
        [tarballOf(small, "stigmer"), tarballOf(small, own)].map((path) => basename(path)),
      );
      expect(called).toEqual({ status: 7, signal: null, stdout: "fake a b c\n", stderr: "" });
      expect(npx).toMatchObject({ status: 7, stdout: "fake version\n" });
      expect(COMMANDS.filter((name) => !existsSync(join(prefix, "bin", name)))).toEqual([]);
    } finally {
      await registry.stop();
    }
  });

  test("without optional packages it installs, and explains itself when it is called", async () => {
    const registry = await startNpmRegistry(small);
    const home = join(root, "bare");
    try {
      await runNpm(home, registry.url, "install", "--omit=optional", "stigmer");
      const called = await run([join(home, "node_modules/.bin/stigmer"), "version"], { home });

      expect(called).toMatchObject({ status: 1, stdout: "" });
      expect(called.stderr).toContain(
        `the package ${own}, which holds the program for this system, is not installed`,
      );
    } finally {
      await registry.stop();
    }
  });
});

test("Bun takes the one package that fits as well", async () => {
  const registry = await startNpmRegistry(small);
  const home = join(root, "bun");
  mkdirSync(home);
  writeFileSync(join(home, "package.json"), "{}");
  try {
    await run([process.execPath, "add", "stigmer", "--registry", registry.url], {
      home,
      environment: { BUN_INSTALL_CACHE_DIR: join(home, "cache") },
    });
    const called = await run([join(home, "node_modules/.bin/stigmer"), "a"], { home });

    expect(registry.fetched.toSorted()).toEqual(
      [tarballOf(small, "stigmer"), tarballOf(small, own)].map((path) => basename(path)),
    );
    expect(called).toMatchObject({ status: 7, stdout: "fake a\n" });
  } finally {
    await registry.stop();
  }
});

const node = Bun.which("node");
const setsid = Bun.which("setsid");
if (setsid === null)
  console.warn("skipped: setsid, which gives a program a terminal, is not on this machine");
if (node === null) console.warn("skipped: node is not on this machine");
describe.skipIf(node === null)("between the shell and the program", () => {
  let folder = "";
  const program = (): string => join(folder, "node_modules", own, "bin/stigmer");
  const bin = (): string => join(folder, "node_modules/stigmer/bin/stigmer.cjs");
  beforeAll(async () => {
    folder = join(root, "between");
    await unpack(tarballOf(small, "stigmer"), join(folder, "node_modules/stigmer"));
    await unpack(tarballOf(small, own), join(folder, "node_modules", own));
  });
  const become = (code: string): void => {
    writeFileSync(program(), code);
    chmodSync(program(), 0o755);
  };

  test.each(["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const)(
    "%s reaches it once, and its exit status comes back",
    async (signal) => {
      // It waits a little before it ends, for a second signal that must not come.
      become(PROGRAM.replace("+ name)", "+ name) ?? setTimeout(() => process.exit(42), 50)"));
      const child = Bun.spawn([node ?? "node", bin()], {
        stdin: "ignore",
        stdout: "pipe",
        env: { PATH: pathWithBun() },
      });
      const output = collect(child.stdout);
      await until(() => output.text.includes("ready"));

      child.kill(signal);
      await output.done;

      expect(output.text.match(/got \w+/g)).toEqual([`got ${signal}`]);
      expect(await child.exited).toBe(42);
    },
  );

  test.each(["SIGTERM", "SIGINT", "SIGKILL", "SIGSEGV"] as const)(
    "its death by %s is told as such",
    async (signal) => {
      become(`#!/bin/sh\nkill -${signal.replace("SIG", "")} $$\nsleep 5\n`);

      const child = Bun.spawn([node ?? "node", bin()], { stdin: "ignore", cwd: folder });
      await child.exited;

      expect(child.signalCode).toBe(signal);
    },
  );

  test.skipIf(setsid === null)("Ctrl-C on a terminal reaches it once", async () => {
    become(PROGRAM);
    const decoder = new TextDecoder();
    let written = "";
    const data = (_: Bun.Terminal, bytes: Uint8Array): void =>
      void (written += decoder.decode(bytes));
    const terminal = new Bun.Terminal({ data });
    const command = [setsid ?? "setsid", "--ctty", "--wait", node ?? "node", bin()];
    const child = Bun.spawn(command, { terminal, env: { PATH: pathWithBun() } });
    await until(() => written.includes("ready"));

    terminal.write("\u0003");
    await until(() => written.includes("got SIGINT"));
    // A second one, if there were any, would be here by now.
    await Bun.sleep(200);
    process.kill(Number(/ready (\d+)/.exec(written)?.[1]), "SIGKILL");
    await child.exited;
    terminal.close();

    expect(written.match(/got \w+/g)).toEqual(["got SIGINT"]);
  });

  test("a program that cannot be started is a sentence", async () => {
    become("#!/nowhere/ld-musl\n");
    const noLoader = await run([node ?? "node", bin()], { home: folder });
    chmodSync(program(), 0o644);
    const noMode = await run([node ?? "node", bin()], { home: folder });

    expect(noLoader.status).toBe(1);
    expect(noLoader.stderr).toMatch(
      /^error: cannot run .*bin\/stigmer: .*ENOENT\nhint: .*C library.*\n$/,
    );
    expect(noMode.status).toBe(1);
    expect(noMode.stderr).toMatch(/^error: cannot run .*bin\/stigmer: .*EACCES\nhint: .*\n$/);
  });
});

function listOf(tarball: string): string[] {
  const { stdout } = Bun.spawnSync(["tar", "--numeric-owner", "-tvzf", tarball]);
  const lines = stdout.toString().trim().split("\n");
  return lines
    .map((line) => line.split(/\s+/))
    .map(([mode, owner, , , , name]) => `${mode} ${owner} ${name}`);
}

async function unpack(tarball: string, folder: string): Promise<void> {
  const scratch = mkdtempSync(join(root, "unpack-"));
  await new Bun.Archive(readFileSync(tarball)).extract(scratch);
  mkdirSync(dirname(folder), { recursive: true });
  renameSync(join(scratch, "package"), folder);
}

function pathWithBun(): string {
  return `${join(process.execPath, "..")}:${process.env["PATH"]}`;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await Bun.sleep(10);
}

/** What a stream has given so far. */
function collect(stream: ReadableStream<Uint8Array>): {
  text: string;
  readonly done: Promise<void>;
} {
  const decoder = new TextDecoder();
  const read = async (): Promise<void> => {
    for await (const chunk of stream) collected.text += decoder.decode(chunk, { stream: true });
  };
  const collected = { text: "", done: Promise.resolve() };
  collected.done = read();
  return collected;
}
