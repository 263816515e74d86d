import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

import { identityOf } from "../../base/process-identity.ts";
import { type BuildFacts, commitTimeOf } from "../build-facts.ts";
import { bundleRunner } from "../bundle-runner.ts";
import { places } from "../places.ts";
import { type BundledPackages, readBundledPackages } from "./bundled-packages.ts";
import { checksumLine, digestFolder, writeList } from "./checksums.ts";
import { compileTarget } from "./compile-target.ts";
import { renderFormula } from "./formula.ts";
import { renderInstallScript } from "./install-script.ts";
import { renderNotices } from "./notices.ts";
import { writeNpmPackages } from "./npm-packages.ts";
import { requireRuntimeVersion } from "./runtimes.ts";
import { renderSbom } from "./sbom.ts";
import { takeSignedCopy } from "./signed-copy.ts";
import { readReleaseKey, refuseUncommitted, type ReleaseKey } from "./signing-key.ts";
import { writeTarball } from "./tarball.ts";
import { isForMacOs, type Target } from "./targets.ts";

export interface ReleaseRequest {
  readonly version: string;
  readonly targets: readonly Target[];
  /** Becomes exactly the files of this release. */
  readonly folder: string;
  /** Becomes exactly its npm packages, where they are wanted. */
  readonly npmFolder?: string;
  /** Where the compiled files stay, as `<target>/stigmer`; without it they live in the tarballs alone. */
  readonly binariesFolder?: string;
  /** A secret key file; without one the practice key signs. */
  readonly signingKey?: string | undefined;
  /** A public key file, to build again what the other half signed: the list is not signed then. */
  readonly publicKey?: string | undefined;
  /** A folder with the files for macOS that Apple's tools signed, as `<target>/stigmer`. */
  readonly signedFolder?: string | undefined;
  readonly facts: Pick<BuildFacts, "commit" | "time">;
  readonly onStep?: (...words: string[]) => void;
}

/** Builds every file of a release, and puts them in their place when all of them are there. */
export async function writeRelease(request: ReleaseRequest): Promise<void> {
  requireRuntimeVersion();
  const key = readReleaseKey(
    { secret: request.signingKey, public: request.publicKey },
    places.releaseKey,
  );
  refuseUncommitted(key, request.facts.commit);
  const folder = resolve(request.folder);
  const scratch = makeScratch(folder);
  const binaries = resolve(request.binariesFolder ?? join(scratch, "binaries"));
  try {
    const assets = join(scratch, "assets");
    mkdirSync(assets, { recursive: true });
    const notices = await writeAssets(request, key, { assets, binaries, scratch });
    await writePackages(request, binaries, notices);
    rmSync(folder, { recursive: true, force: true });
    renameSync(assets, folder);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A folder beside the release, for this process. Those of builds that were killed go. */
function makeScratch(folder: string): string {
  const parent = dirname(folder);
  const prefix = `.${basename(folder)}.`;
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent).filter((found) => found.startsWith(prefix))) {
    if (identityOf(Number(name.slice(prefix.length)))) continue;
    rmSync(join(parent, name), { recursive: true, force: true });
  }
  const scratch = join(parent, `${prefix}${process.pid}`);
  mkdirSync(scratch);
  return scratch;
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

/** Returns the licences of what is in the programs. */
async function writeAssets(
  request: ReleaseRequest,
  key: ReleaseKey,
  { assets, binaries, scratch }: Folders,
): Promise<string> {
  const { version, targets } = request;
  const facts = { ...request.facts, version };
  const runner = join(scratch, "agent-runner");
  const bundled = await compileAll(request, key, { runner, binaries });
  const notices = renderNotices(bundled, places.root);
  for (const target of targets) {
    const start = performance.now();
    const binary = binaryOf(binaries, target);
    await writeArchive(join(assets, archiveName(version, target)), { binary, notices, facts });
    copyFileSync(runner, join(assets, runnerName(version, target)));
    tellStep(request, `${target.name} archive`, start);
  }
  const digests = digestFolder(assets);
  for (const [name, sha256] of digests) {
    writeFileSync(join(assets, `${name}.sha256`), checksumLine(name, sha256));
  }
  writeFileSync(join(assets, `stigmer-${version}.cdx.json`), renderSbom(facts, targets, bundled));
  writeFileSync(join(assets, "install.sh"), renderInstallScript({ version, digests }));
  if (targets.some(isForHomebrew)) {
    writeFileSync(join(assets, "stigmer.rb"), renderFormula({ version, digests }));
  }
  writeList(assets, key.signing, `stigmer ${version} ${facts.commit} ${facts.time}`);
  return notices;
}

/** Compiles the program of each target, and tells what went into them. */
async function compileAll(
  request: ReleaseRequest,
  { publicKey: releaseKey }: ReleaseKey,
  { runner, binaries }: { runner: string; binaries: string },
): Promise<BundledPackages> {
  const { version, targets, signedFolder } = request;
  const facts = { ...request.facts, version };
  const metafiles = [await bundleRunner({ entry: places.runnerEntry, outfile: runner, version })];
  for (const target of targets) {
    const start = performance.now();
    const outfile = binaryOf(binaries, target);
    metafiles.push(await compileTarget({ facts, target, runner, outfile, releaseKey }));
    if (signedFolder && isForMacOs(target)) takeSignedCopy(signedFolder, target, outfile);
    tellStep(request, target.name, start);
  }
  return readBundledPackages(metafiles, places.root);
}

function binaryOf(folder: string, { name }: Target): string {
  return join(folder, name, "stigmer");
}

async function writePackages(
  request: ReleaseRequest,
  binaries: string,
  notices: string,
): Promise<void> {
  const { npmFolder, version, targets, facts } = request;
  if (npmFolder === undefined) return;
  const start = performance.now();
  rmSync(npmFolder, { recursive: true, force: true });
  await writeNpmPackages({
    version,
    binaries: new Map(targets.map((target) => [target.name, binaryOf(binaries, target)])),
    notices,
    folder: npmFolder,
    time: commitTimeOf(facts),
  });
  tellStep(request, "npm packages", start);
}

function tellStep({ onStep }: ReleaseRequest, name: string, start: number): void {
  onStep?.(name.padEnd(26), `${((performance.now() - start) / 1_000).toFixed(1)} s`);
}

/** On Linux it brings its own glibc. */
function isForHomebrew(target: Target): boolean {
  return target.npm.libc !== "musl";
}

function archiveName(version: string, target: Target): string {
  return `stigmer-${version}-${target.name}.tar.gz`;
}

function runnerName(version: string, target: Target): string {
  return `agent-runner-${version}-${target.name}`;
}

async function writeArchive(
  path: string,
  { binary, notices, facts }: { binary: string; notices: string; facts: BuildFacts },
): Promise<void> {
  const entries = [
    { name: "stigmer", mode: 0o755, content: binary },
    { name: "LICENSE", mode: 0o644, content: join(places.root, "LICENSE") },
    { name: "README.md", mode: 0o644, content: join(places.root, "README.md") },
    { name: "THIRD-PARTY.txt", mode: 0o644, content: Buffer.from(notices) },
  ];
  await writeTarball(path, entries, commitTimeOf(facts));
}
