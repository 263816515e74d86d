import { copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { packTar, type TarEntry } from "modern-tar";

import { target } from "../../src/base/build-info.ts";
import { systemCodeOf } from "../../src/base/errors.ts";
import { sha256Hex } from "../../src/base/sha256.ts";
import { createKeyPair, signFile, type SigningKey } from "../../src/build/release/minisign.ts";
import { readSigningKey } from "../../src/build/release/signing-key.ts";
import { releases } from "../multicall/compiled.ts";
import type { ReleaseFiles } from "./release-files.ts";
import { startReleaseServer } from "./release-server.ts";
import { type Ground, ground } from "./started-server.ts";

/** The key that the releases under `dist/test` are signed with, and that their programs trust. */
export const practiceKey = readSigningKey(undefined, "");
export const strangersKey = createKeyPair().key;

export const ASSET = (version: string): string => `stigmer-${version}-${target}.tar.gz`;

/** A program that says which build it is, and nothing else. */
export function fakeProgram(version: string, more = ""): Uint8Array {
  const answer = JSON.stringify({ version, target });
  return Buffer.from(`#!/bin/sh\n${more}\necho '${answer}'\n`);
}

export async function tarball(entries: TarEntry[]): Promise<Uint8Array> {
  return Bun.gzipSync(await packTar(entries));
}

export function programEntry(body: Uint8Array, name = "stigmer"): TarEntry {
  return { header: { name, size: body.length, mode: 0o755 }, body };
}

export interface Publication {
  readonly version?: string;
  /** What the archive holds. */
  readonly program?: Uint8Array;
  readonly archive?: Uint8Array;
  readonly key?: SigningKey;
  readonly comment?: string;
  /** Changes the list after it was signed. */
  readonly tamper?: (list: string) => string;
}

/** A signed release with this machine's archive in it, as a mirror serves it. */
export async function publish(publication: Publication = {}): Promise<Map<string, Uint8Array>> {
  const { version = "v9.9.2", key = practiceKey, tamper = (list) => list } = publication;
  const program = publication.program ?? fakeProgram(version);
  const archive = publication.archive ?? (await tarball([programEntry(program)]));
  const { comment = `stigmer ${version} 0123456789ab 2026-01-02T03:04:05.000Z` } = publication;
  const name = ASSET(version);
  const sum = `${sha256Hex(archive)}  ${name}\n`;
  const files = new Map<string, Uint8Array>([
    [name, archive],
    [`${name}.sha256`, Buffer.from(sum)],
    ["checksums.txt", Buffer.from(tamper(sum))],
    ["checksums.txt.minisig", Buffer.from(signFile(Buffer.from(sum), key, comment))],
  ]);
  return new Map(
    [version, "latest"].flatMap((place) =>
      [...files].map(([file, bytes]) => [`/${place}/${file}`, bytes] as const),
    ),
  );
}

/** A release as `make build-test` wrote it. */
export function builtRelease(version: string): ReleaseFiles {
  const folder = join(import.meta.dir, "../../dist/test/release", version);
  const names = readdirSync(folder);
  return new Map(
    [version, "latest"].flatMap((place) =>
      names.map((name) => [`/${place}/${name}`, readFileSync(join(folder, name))] as const),
    ),
  );
}

export interface UpgradeGround extends Ground {
  /** The folder of the program, and the program: the release v9.9.1. */
  readonly bin: string;
  readonly program: string;
  /** What is in that folder. */
  names(): string[];
  /** `stigmer upgrade …` by the program itself, with releases from this address. */
  upgrade(base: string, ...words: string[]): ReturnType<Ground["stigmer"]>;
  /** What the program says of itself now. */
  version(): Promise<string>;
}

export function upgradeGround(options: { binary?: string; folder?: string } = {}): UpgradeGround {
  const place = ground();
  const bin = join(place.home, options.folder ?? "bin");
  const program = join(bin, "stigmer");
  mkdirSync(bin, { recursive: true });
  placeProgram(options.binary ?? releases.old.binary, program);
  return {
    ...place,
    bin,
    program,
    names: () => readdirSync(bin).toSorted(),
    upgrade: (base, ...words) =>
      place.stigmer(["upgrade", ...words], {
        binary: program,
        environment: { STIGMER_DOWNLOAD_BASE_URL: base },
      }),
    version: async () => {
      const { stdout } = await place.stigmer(["version", "--json"], { binary: program });
      return JSON.parse(stdout).version;
    },
  };
}

/** A second name is enough: nobody writes into a program that is there. */
export function placeProgram(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (systemCodeOf(error) !== "EXDEV") throw error;
    copyFileSync(from, to);
  }
}

/** Runs `work` with a mirror of these files. */
export async function withMirror<T>(
  files: ReleaseFiles,
  work: (mirror: Awaited<ReturnType<typeof startReleaseServer>>) => Promise<T>,
): Promise<T> {
  const mirror = await startReleaseServer({ files });
  try {
    return await work(mirror);
  } finally {
    await mirror.stop();
  }
}

/** Serves the list and its signature, and sends who asks for an archive elsewhere. */
export function startFront(
  files: ReleaseFiles,
  elsewhere: string,
): { url: string; stop(): Promise<void> } {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: ({ url }) => {
      const { pathname } = new URL(url);
      const file = pathname.endsWith(".tar.gz") ? undefined : files.get(pathname);
      return file ? new Response(Uint8Array.from(file)) : Response.redirect(elsewhere + pathname);
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) };
}
