import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { PRACTICE_RELEASE_KEY } from "../../src/base/build-info.ts";
import { sha256Hex } from "../../src/base/sha256.ts";
import { checkPageHashes } from "../../src/build/release/code-signature.ts";
import { describeMachine } from "../../src/build/release/machine.ts";
import { hostTarget } from "../../src/build/release/runtimes.ts";
import type { Target } from "../../src/build/release/targets.ts";
import { readSignature } from "../../src/release/upgrade/minisign.ts";
import { parseChecksums, parseTrustedComment } from "../../src/release/upgrade/signed-list.ts";
import { startReleaseServer } from "../faults/release-server.ts";
import { faultsOfBill } from "./cyclone-dx.ts";
import { areHere } from "./on-this-machine.ts";
import {
  answerOf,
  damage,
  expectedNames,
  type ReleaseFolder,
  runnerOf,
  servedFiles,
  unpack,
} from "./release-folder.ts";

const SLOW_MS = 120_000;
const Manifest = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
});

/** What is true of every release, whatever its targets; it was signed with the practice key. */
export function describeRelease(release: ReleaseFolder): void {
  const { version, folder, targets } = release;
  const read = (name: string): Buffer => readFileSync(join(folder, name));
  const archiveOf = ({ name }: Target): string => `stigmer-${version}-${name}.tar.gz`;
  const runnerFileOf = ({ name }: Target): string => `agent-runner-${version}-${name}`;

  test("every file of a release is there, and no other", () => {
    expect(readdirSync(folder).toSorted()).toEqual(expectedNames(release));
  });

  test("the list names each file once with its digest, in order", () => {
    const list = parseChecksums(read("checksums.txt").toString(), "checksums.txt");
    const names = [...list.keys()];

    expect(names).toEqual(
      expectedNames(release).filter((name) => !/^checksums|\.sha256$/.test(name)),
    );
    expect(names).toEqual(names.toSorted());
    for (const [name, sha256] of list) expect(sha256Hex(read(name))).toBe(sha256);
  });

  test.skipIf(!areHere("sha256sum"))(
    "sha256sum agrees with the list and with each file beside",
    () => {
      for (const list of readdirSync(folder).filter((name) =>
        /^checksums.txt$|\.sha256$/.test(name),
      )) {
        const { exitCode } = Bun.spawnSync(["sha256sum", "--check", "--strict", list], {
          cwd: folder,
        });
        expect({ list, exitCode }).toEqual({ list, exitCode: 0 });
      }
    },
  );

  test("the list is signed for this version and commit", () => {
    const text = read("checksums.txt.minisig").toString();
    const signature = readSignature(text, PRACTICE_RELEASE_KEY, "checksums.txt.minisig");

    expect(signature.signs(read("checksums.txt"))).toBe(true);
    expect(parseTrustedComment(signature.trustedComment, "it").version).toBe(version);
  });

  test.skipIf(!areHere("minisign"))("minisign verifies the list", () => {
    const result = Bun.spawnSync(
      ["minisign", "-V", "-Q", "-P", PRACTICE_RELEASE_KEY, "-m", "checksums.txt"],
      { cwd: folder },
    );

    expect(result.stdout.toString()).toStartWith(`stigmer ${version} `);
    expect(result.exitCode).toBe(0);
  });

  test("the bill of materials is good by the official schema and says what is inside", () => {
    const bill = JSON.parse(read(`stigmer-${version}.cdx.json`).toString());
    const purls: string[] = bill.components.map(({ purl }: { purl: string }) => purl);
    const { dependencies, devDependencies } = Manifest.parse(
      JSON.parse(readFileSync("package.json", "utf8")),
    );

    expect(faultsOfBill(bill)).toEqual([]);
    expect(bill.metadata.component.version).toBe(version.slice(1));
    expect(purls).toEqual(expect.arrayContaining(Object.entries(dependencies).map(toPurl)));
    for (const tool of Object.entries(devDependencies)) expect(purls).not.toContain(toPurl(tool));
    const runtimes = targets.map(({ runtime }) => toPurl([runtime.package, Bun.version]));
    expect(purls).toEqual(expect.arrayContaining(runtimes));
    const refs = new Set(bill.dependencies.map(({ ref }: { ref: string }) => ref));
    for (const { dependsOn } of bill.dependencies)
      expect(refs).toEqual(new Set([...refs, ...dependsOn]));
  });

  test("the installer and the formula hold the digests of this release", () => {
    const installer = read("install.sh").toString();

    for (const target of targets) {
      expect(installer).toContain(`${sha256Hex(read(archiveOf(target)))}  ${archiveOf(target)}`);
      if (target.npm.libc === "musl") continue;
      expect(read("stigmer.rb").toString()).toContain(sha256Hex(read(archiveOf(target))));
    }
  });

  describe.each(targets.map((target) => [target.name, target] as const))("%s", (_name, target) => {
    let scratch: string;
    let program: string;
    beforeAll(async () => {
      scratch = mkdtempSync(join(tmpdir(), "stigmer-release-"));
      program = await unpack(release, target, join(scratch, "unpacked"));
    });
    afterAll(() => rmSync(scratch, { recursive: true }));

    test.skipIf(!areHere("tar", "gzip"))(
      "the archive holds the program, all licences and the readme, and belongs to root",
      () => {
        const words = ["tar", "--numeric-owner", "-tvzf", join(folder, archiveOf(target))];
        const lines = Bun.spawnSync(words).stdout.toString().trim().split("\n");

        expect(
          lines.map((line) => [line.split(/\s+/).slice(0, 2).join(" "), line.split(" ").at(-1)]),
        ).toEqual([
          ["-rwxr-xr-x 0/0", "stigmer"],
          ["-rw-r--r-- 0/0", "LICENSE"],
          ["-rw-r--r-- 0/0", "README.md"],
          ["-rw-r--r-- 0/0", "THIRD-PARTY.txt"],
        ]);
      },
    );

    test("every licence of the bill of materials lies beside the program", () => {
      const notices = readFileSync(join(scratch, "unpacked", "THIRD-PARTY.txt"), "utf8");
      const { components } = JSON.parse(read(`stigmer-${version}.cdx.json`).toString());
      const libraries = components.filter(({ type }: { type: string }) => type === "library");

      expect(libraries.length).toBeGreaterThan(10);
      for (const { group, name, version: its } of libraries) {
        expect(notices).toContain(`\n${group ? `${group}/` : ""}${name}@${its} (`);
      }
      expect(notices).toContain("JavaScriptCore");
    });

    test("the program is for its machine and holds the published agent-runner, its digest and the key", () => {
      const bytes = readFileSync(program);
      const runner = read(runnerFileOf(target));

      expect(describeMachine(program)).toBe(target.machine);
      expect(bytes.indexOf(runner)).toBeGreaterThan(0);
      expect(bytes.indexOf(sha256Hex(runner))).toBeGreaterThan(0);
      expect(bytes.indexOf(PRACTICE_RELEASE_KEY)).toBeGreaterThan(0);
      expect(runner.toString("latin1", 0, 30)).toStartWith("#!/usr/bin/env -S BUN_BE_BUN=1");
    });

    if (target.npm.os === "darwin")
      test("each page of the program has the hash that its signature says", () => {
        expect(checkPageHashes(readFileSync(program), program)).toBeGreaterThan(1_000);
      });

    test.skipIf(!runnerOf(target))(
      "the program runs and knows its version and its target",
      async () => {
        const command = [...(runnerOf(target) ?? []), program, "version", "--json"];

        const { stdout, status } = await answerOf(command, scratch);

        expect(status).toBe(0);
        expect(JSON.parse(stdout)).toMatchObject({
          version,
          target: target.name,
          bun: Bun.version,
        });
      },
      SLOW_MS,
    );

    if (target === hostTarget())
      test(
        "a program whose agent-runner is gone and whose own copy is damaged heals from this very folder",
        async () => {
          const server = await startReleaseServer({ files: servedFiles(release) });
          const damaged = join(scratch, "damaged");
          damage(program, read(runnerFileOf(target)), damaged);
          const environment = { STIGMER_DOWNLOAD_BASE_URL: server.url };
          await answerOf([program, "agent-runner", "--version"], scratch);
          rmSync(join(scratch, "state", "runners"), { recursive: true });

          const healed = await answerOf(
            [damaged, "agent-runner", "--version"],
            scratch,
            environment,
          );
          await server.stop();

          expect(healed.stdout).toBe(`agent-runner ${version}\n`);
          expect(healed.stderr).toContain("(download)");
          expect(server.requests.map(({ path }) => path)).toEqual([
            `/${version}/${runnerFileOf(target)}`,
          ]);
          const installed = join(scratch, "state", "runners", "current", "agent-runner");
          expect(readFileSync(installed).equals(read(runnerFileOf(target)))).toBe(true);
        },
        SLOW_MS,
      );
  });
}

function toPurl([name, version]: [string, string]): string {
  return `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
}
