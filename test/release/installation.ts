import { expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sha256Hex } from "../../src/base/sha256.ts";
import { renderInstallScript } from "../../src/build/release/install-script.ts";
import { writeTarball } from "../../src/build/release/tarball.ts";
import { bytes } from "../faults/download-fixture.ts";
import { type ReleaseFiles, releaseFiles } from "../faults/release-files.ts";
import { type ReleaseServer, startReleaseServer } from "../faults/release-server.ts";

export const VERSION = "v9.9.9";
export const ASSET = `stigmer-${VERSION}-linux-amd64.tar.gz`;
export const LINKS = ["stigmer-server", "stigmer-workflow-runner", "stigmer-agent-runner"];

export type Downloader = "curl" | "wget" | "busybox wget";

/** What the script needs beside a downloader; nothing else is on its PATH. */
const TOOLS = "cat chmod cp grep gzip head ln mkdir mv readlink rm rmdir sed sha256sum tail tar tr"
  .split(" ")
  .map((name) => ({ name, path: Bun.which(name) }));

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Run {
  readonly shell?: readonly string[];
  readonly downloader?: Downloader | "none";
  readonly environment?: Readonly<Record<string, string>>;
  readonly script?: string;
  readonly args?: readonly string[];
  /** As `curl … | sh` gives it to a shell. */
  readonly isPiped?: boolean;
}

/** A machine of its own: a home, and a PATH on which every tool is chosen. */
export interface Machine {
  readonly home: string;
  readonly place: string;
  /** The only folder on the PATH. */
  readonly tools: string;
  /** The seconds that the script wanted to wait; it did not. */
  waits(): number[];
  /** Puts a tool of the test on the PATH, before the real one. */
  fake(name: string, code: string): void;
  remove(name: string): void;
  start(run: Run): Bun.Subprocess<Bun.SpawnOptions.Writable, "pipe", "pipe">;
  install(run?: Run): Promise<Outcome>;
  [Symbol.dispose](): void;
}

export function createMachine(): Machine {
  const root = mkdtempSync(join(tmpdir(), "stigmer-install-"));
  const home = join(root, "home");
  const tools = join(root, "tools");
  const waits = join(root, "waits");
  mkdirSync(home);
  mkdirSync(tools);
  for (const { name, path } of TOOLS) symlinkSync(path ?? "/missing", join(tools, name));
  const fake = (name: string, code: string): void => {
    rmSync(join(tools, name), { force: true });
    writeFileSync(join(tools, name), `#!/bin/sh\n${code}\n`, { mode: 0o755 });
  };
  // Only an answer that does not come is waited for.
  fake("sleep", `[ "$1" != 20 ] || exec '${Bun.which("sleep")}' 20\necho "$1" >>'${waits}'`);
  fake("uname", `case $1 in -s) echo Linux ;; *) echo x86_64 ;; esac`);
  fake("ldd", "echo 'ldd (GNU libc) 2.36'");
  const start: Machine["start"] = ({
    shell = ["sh"],
    downloader = downloaders[0] ?? "none",
    ...run
  }) => {
    putDownloader(tools, downloader);
    const path = join(root, "install.sh");
    const code = run.script ?? script;
    writeFileSync(path, code);
    const [program = "", ...flags] = shell;
    const words = run.isPiped ? [] : [path, ...(run.args ?? [])];
    return Bun.spawn([Bun.which(program) ?? program, ...flags, ...words], {
      cwd: root,
      env: { PATH: tools, HOME: home, SHELL: "/bin/bash", ...run.environment },
      stdin: run.isPiped ? Buffer.from(code) : "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
  };
  return {
    home,
    place: join(home, ".local/bin"),
    tools,
    waits: () =>
      (existsSync(waits) ? readFileSync(waits, "utf8").trim().split("\n") : []).map(Number),
    fake,
    remove: (name) => rmSync(join(tools, name), { force: true }),
    start,
    install: async (run = {}) => {
      const child = start(run);
      const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
      return { status: await child.exited, stdout, stderr };
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** By what the script knows a stigmer. */
export const MARK = "# agentic.stigmer.ai/v1\n";

/** A file called stigmer that does nothing but say which it is. */
export function fakeProgram(version: string): string {
  return `#!/bin/sh\n${MARK}[ "$1" = version ] || exit 3\necho "stigmer ${version} (000000000000, fake)"\n`;
}

/** The archive of a release, large enough to break in its middle. */
export async function packArchive(program: string, name = "stigmer"): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), "stigmer-archive-"));
  try {
    const path = join(folder, "archive.tar.gz");
    const entries = [
      { name, mode: 0o755, content: Buffer.from(program) },
      { name: "LICENSE", mode: 0o644, content: bytes },
    ];
    await writeTarball(path, entries, new Date(0));
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function scriptFor(archive: Uint8Array, version = VERSION): string {
  const name = `stigmer-${version}-linux-amd64.tar.gz`;
  return renderInstallScript({ version, digests: new Map([[name, sha256Hex(archive)]]) });
}

export const archive = await packArchive(fakeProgram(VERSION));
export const script = scriptFor(archive);
export const files: ReleaseFiles = releaseFiles(VERSION, { [ASSET]: archive });

/** Every name in the folder, or nothing when there is none. */
export function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).toSorted() : [];
}

export const downloaders: readonly Downloader[] = (
  ["curl", "wget", "busybox wget"] as const
).filter((name) => {
  const isThere = Bun.which(name.split(" ")[0] ?? "") !== null;
  if (!isThere) console.warn(`skipped: ${name} is not on this machine`);
  return isThere;
});
const missing = TOOLS.flatMap(({ name, path }) => (path === null ? [name] : []));
for (const name of missing) console.warn(`skipped: ${name} is not on this machine`);
/** Whether the script finds what it always needs, and whether it can ask a server too. */
export const canRun = missing.length === 0;
export const canDownload = canRun && downloaders.length > 0;
/** For tests of the script, and for those of it and a server. */
export const testScript = test.skipIf(!canRun);
export const testDownload = test.skipIf(!canDownload);

function putDownloader(tools: string, downloader: Downloader | "none"): void {
  for (const name of ["curl", "wget"]) rmSync(join(tools, name), { force: true });
  if (downloader === "none") return;
  const [program = "", applet] = downloader.split(" ");
  if (applet === undefined) return symlinkSync(Bun.which(program) ?? program, join(tools, program));
  const path = join(tools, applet);
  writeFileSync(path, `#!/bin/sh\nexec '${Bun.which(program)}' ${applet} "$@"\n`);
  chmodSync(path, 0o755);
}

let stops: (() => Promise<void>)[] = [];

/** A mirror for one test, which ends with `stopServers`. */
export async function serve(
  served: ReleaseFiles = files,
  more: { tls?: { key: string; cert: string } | undefined; elsewhere?: string } = {},
): Promise<ReleaseServer> {
  const { tls, elsewhere = "http://127.0.0.1:9" } = more;
  const server = await startReleaseServer({ files: served, elsewhere, ...(tls && { tls }) });
  whenDone(async () => {
    server.release();
    await server.stop();
  });
  return server;
}

/** To be stopped by `stopServers`, after the test. */
export function whenDone(stop: () => Promise<void>): void {
  stops.push(stop);
}

export async function stopServers(): Promise<void> {
  for (const stop of stops) await stop();
  stops = [];
}

export const at = (url: string) => ({ STIGMER_DOWNLOAD_BASE_URL: url });

export function expectInstalled(place: string): void {
  expect(namesIn(place)).toEqual(["stigmer", ...LINKS].toSorted());
  expect(statSync(join(place, "stigmer")).mode & 0o777).toBe(0o755);
  for (const name of LINKS) expect(readlinkSync(join(place, name))).toBe("stigmer");
}

/** The machine is as before: not even an empty folder is new. */
export function expectUntouched(machine: Machine): void {
  expect(existsSync(machine.place)).toBe(false);
}
