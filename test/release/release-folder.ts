import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Target } from "../../src/build/release/targets.ts";
import type { ReleaseFiles } from "../faults/release-files.ts";

/** A release as it lies on a disk. */
export interface ReleaseFolder {
  readonly version: string;
  readonly folder: string;
  readonly targets: readonly Target[];
}

/** Every name that belongs there, and no other. */
export function expectedNames({ version, targets }: ReleaseFolder): string[] {
  const archives = targets.map(({ name }) => `stigmer-${version}-${name}.tar.gz`);
  const runners = targets.map(({ name }) => `agent-runner-${version}-${name}`);
  const digested = [...archives, ...runners];
  const forHomebrew = targets.some(({ npm }) => npm.libc !== "musl") ? ["stigmer.rb"] : [];
  return [
    ...digested,
    ...digested.map((name) => `${name}.sha256`),
    ...forHomebrew,
    `stigmer-${version}.cdx.json`,
    "install.sh",
    "checksums.txt",
    "checksums.txt.minisig",
  ].toSorted();
}

/** What a static server of the folder above gives: the very files, under their version and as the newest. */
export function servedFiles({ version, folder }: ReleaseFolder): ReleaseFiles {
  const files = readdirSync(folder).map(
    (name) => [name, readFileSync(join(folder, name))] as const,
  );
  return new Map(
    [version, "latest"].flatMap((place) =>
      files.map(([name, bytes]) => [`/${place}/${name}`, bytes] as const),
    ),
  );
}

/** Unpacks the archive of a target; the path of the program. */
export async function unpack(
  release: ReleaseFolder,
  target: Target,
  folder: string,
): Promise<string> {
  const archive = join(release.folder, `stigmer-${release.version}-${target.name}.tar.gz`);
  await new Bun.Archive(readFileSync(archive)).extract(folder);
  return join(folder, "stigmer");
}

/** A copy of a program in whose agent-runner one bit is turned. */
export function damage(program: string, runner: Uint8Array, path: string): void {
  const bytes = readFileSync(program);
  const at = bytes.indexOf(runner);
  if (at === -1) throw new Error(`${program} holds no agent-runner`);
  const turned = at + runner.length - 50;
  bytes[turned] = (bytes[turned] ?? 0) ^ 1;
  writeFileSync(path, bytes, { mode: 0o755 });
}

/** What a program says in a home of its own. It needs nothing that `make build` makes, for a release is looked at without. */
export async function answerOf(
  command: readonly string[],
  home: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ status: number; stdout: string; stderr: string }> {
  const child = Bun.spawn([...command], {
    cwd: home,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: home,
      STIGMER_HOME: join(home, "state"),
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { status: await child.exited, stdout, stderr };
}

/** The words before a program of this target that make it run here; undefined where it cannot. */
export function runnerOf(target: Target): readonly string[] | undefined {
  const isHere = target.npm.os === process.platform;
  if (isHere && target.npm.cpu === process.arch) return isLoaderHere(target) ? [] : undefined;
  const root = "/usr/aarch64-linux-gnu";
  if (target.name === "linux-arm64" && Bun.which("qemu-aarch64") && existsSync(root)) {
    return ["qemu-aarch64", "-L", root];
  }
  return undefined;
}

function isLoaderHere({ npm }: Target): boolean {
  if (npm.libc !== "musl") return true;
  // musl alone is not enough: the C++ library of that system is a package of its own.
  return existsSync("/etc/alpine-release");
}
