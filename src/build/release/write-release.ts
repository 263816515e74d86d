import { copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { type BuildFacts, commitTimeOf } from "../build-facts.ts";
import { bundleRunner } from "../bundle-runner.ts";
import { places } from "../places.ts";
import { checksumLine, digestFolder, writeSignedList } from "./checksums.ts";
import { compileTarget } from "./compile-target.ts";
import type { SigningKey } from "./minisign.ts";
import { requireRuntimeVersion } from "./runtimes.ts";
import { readSigningKey } from "./signing-key.ts";
import { writeTarball } from "./tarball.ts";
import type { Target } from "./targets.ts";

export interface ReleaseRequest {
  readonly version: string;
  readonly targets: readonly Target[];
  /** Becomes exactly the files of this release. */
  readonly folder: string;
  /** Where the compiled files stay, as `<target>/stigmer`; without it they live in the tarballs alone. */
  readonly binariesFolder?: string;
  /** A secret key file; without one the practice key signs. */
  readonly signingKey?: string | undefined;
  readonly facts: Pick<BuildFacts, "commit" | "time">;
  readonly onStep?: (line: string) => void;
}

/** Builds every file of a release, and puts them in their place when all of them are there. */
export async function writeRelease(request: ReleaseRequest): Promise<void> {
  requireRuntimeVersion();
  const key = readSigningKey(request.signingKey, places.releaseKey);
  const folder = resolve(request.folder);
  const scratch = `${folder}.${process.pid}`;
  mkdirSync(scratch, { recursive: true });
  const binaries = resolve(request.binariesFolder ?? join(scratch, "binaries"));
  try {
    const assets = join(scratch, "assets");
    mkdirSync(assets, { recursive: true });
    await writeAssets(request, key, { assets, binaries, scratch });
    rmSync(folder, { recursive: true, force: true });
    renameSync(assets, folder);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Makes `latest` beside a release lead to it, so that the folder of both is a whole mirror. */
export function linkLatest(releases: string, version: string): void {
  const scratch = join(releases, `.latest.${process.pid}`);
  rmSync(scratch, { force: true });
  symlinkSync(version, scratch);
  renameSync(scratch, join(releases, "latest"));
}

interface Folders {
  readonly assets: string;
  readonly binaries: string;
  readonly scratch: string;
}

async function writeAssets(
  request: ReleaseRequest,
  key: SigningKey,
  { assets, binaries, scratch }: Folders,
): Promise<void> {
  const { version, targets, onStep } = request;
  const facts = { ...request.facts, version };
  const runner = join(scratch, "agent-runner");
  await bundleRunner({ entry: places.runnerEntry, outfile: runner, version });
  for (const target of targets) {
    const start = performance.now();
    const binary = join(binaries, target.name, "stigmer");
    await compileTarget({ facts, target, runner, outfile: binary, releaseKey: key.publicKey });
    await writeArchive(join(assets, archiveName(version, target)), binary, facts);
    copyFileSync(runner, join(assets, runnerName(version, target)));
    onStep?.(`${target.name}  ${((performance.now() - start) / 1_000).toFixed(1)} s`);
  }
  for (const [name, sha256] of digestFolder(assets)) {
    writeFileSync(join(assets, `${name}.sha256`), checksumLine(name, sha256));
  }
  writeSignedList(assets, key, `stigmer ${version} ${facts.commit} ${facts.time}`);
}

function archiveName(version: string, target: Target): string {
  return `stigmer-${version}-${target.name}.tar.gz`;
}

function runnerName(version: string, target: Target): string {
  return `agent-runner-${version}-${target.name}`;
}

async function writeArchive(path: string, binary: string, facts: BuildFacts): Promise<void> {
  const entries = [
    { name: "stigmer", mode: 0o755, content: binary },
    { name: "LICENSE", mode: 0o644, content: join(places.root, "LICENSE") },
    { name: "README.md", mode: 0o644, content: join(places.root, "README.md") },
  ];
  await writeTarball(path, entries, commitTimeOf(facts));
}
