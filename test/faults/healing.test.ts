import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { target } from "../../src/base/build-info.ts";
import { sha256Hex } from "../../src/base/sha256.ts";
import { releases } from "../multicall/compiled.ts";
import { damagedBinary } from "./damaged-binary.ts";
import { releaseFiles } from "./release-files.ts";
import { type ReleaseServer, startReleaseServer } from "./release-server.ts";
import { type Ground, ground } from "./started-server.ts";

const SLOW_MS = 60_000;
const { old, new: newer } = releases;
const goodRunner = readFileSync(old.runner);
const asset = `agent-runner-${old.version}-${target}`;
const publicFile = (place: Ground) => join(place.state, "bin/agent-runner");
const installed = (place: Ground) =>
  readdirSync(join(place.state, "runners"))
    .filter((name) => /^[0-9a-f]{16}-/.test(name))
    .map((name) => name.slice(17))
    .toSorted();
const ask = (place: Ground, binary: string, environment: Record<string, string> = {}) =>
  place.stigmer(["agent-runner", "--version"], { binary, environment });

async function mirror(bytes: Uint8Array): Promise<ReleaseServer> {
  return startReleaseServer({ files: releaseFiles(old.version, { [asset]: bytes }) });
}

test("a runner that was deleted comes back without any network", async () => {
  await using place = ground({ STIGMER_DOWNLOAD_BASE_URL: "http://127.0.0.1:9" });
  await ask(place, old.binary);

  rmSync(publicFile(place));
  rmSync(join(place.state, "runners"), { recursive: true });
  const healed = await ask(place, old.binary);

  expect(healed.stdout).toBe(`agent-runner ${old.version}\n`);
  expect(healed.stderr).toContain("(embedded)");
});

test("a damaged binary gets its runner from the release of the same version", async () => {
  await using place = ground();
  const server = await mirror(goodRunner);

  const healed = await ask(place, damagedBinary(), { STIGMER_DOWNLOAD_BASE_URL: server.url });
  await server.stop();

  expect(healed.stdout).toBe(`agent-runner ${old.version}\n`);
  expect(healed.stderr).toContain("is damaged");
  expect(healed.stderr).toContain("(download)");
  expect(server.requests.map(({ path }) => path)).toEqual([`/${old.version}/${asset}`]);
  expect(readFileSync(publicFile(place))).toEqual(goodRunner);
  const again = await ask(place, damagedBinary());
  expect(again.stderr).toBe("");
});

test("what was downloaded once is not downloaded again", async () => {
  await using place = ground();
  const server = await mirror(goodRunner);
  const environment = { STIGMER_DOWNLOAD_BASE_URL: server.url };
  await ask(place, damagedBinary(), environment);

  rmSync(join(place.state, "runners"), { recursive: true });
  const healed = await ask(place, damagedBinary(), environment);
  await server.stop();

  expect(healed.stderr).toContain("(cache)");
  expect(server.requests).toHaveLength(1);
});

test("a mirror with other bytes and a fitting .sha256 is not believed", async () => {
  await using place = ground();
  const evil = Buffer.from(goodRunner);
  evil[500] = (evil[500] ?? 0) ^ 1;
  const server = await mirror(evil);

  const refused = await ask(place, damagedBinary(), { STIGMER_DOWNLOAD_BASE_URL: server.url });
  await server.stop();

  expect(refused.status).toBe(1);
  expect(refused.stdout).toBe("");
  expect(refused.stderr).toContain("error: no good copy of agent-runner");
  expect(refused.stderr).toContain(sha256Hex(evil).slice(0, 16));
  expect(existsSync(publicFile(place))).toBe(false);
});

test("where the network is forbidden, the file, its address and its place are named", async () => {
  await using place = ground();

  const refused = await ask(place, damagedBinary(), { STIGMER_OFFLINE: "1" });

  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain(`/${old.version}/${asset}`);
  expect(refused.stderr).toContain(join(place.state, "cache/downloads", sha256Hex(goodRunner)));
});

test("a mirror that has no such file is told, and nobody else is asked", async () => {
  await using place = ground();
  const server = await mirror(goodRunner);
  const base = `${server.url}/elsewhere`;

  const refused = await ask(place, damagedBinary(), { STIGMER_DOWNLOAD_BASE_URL: base });
  await server.stop();

  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain("404");
  expect(refused.stderr).not.toContain("github.com");
});

test("a folder is a mirror too", async () => {
  await using place = ground();
  const folder = join(place.home, "mirror");
  await Bun.write(join(folder, old.version, asset), goodRunner);

  const healed = await ask(place, damagedBinary(), {
    STIGMER_DOWNLOAD_BASE_URL: `file://${folder}`,
  });

  expect(healed.stdout).toBe(`agent-runner ${old.version}\n`);
});

test(
  "an upgrade keeps the old runner as long as its server runs, and a downgrade finds it",
  async () => {
    await using place = ground();
    await place.stigmer(["server", "--port", "0"], { binary: old.binary });
    await ask(place, newer.binary);
    const third = 'console.log("agent-runner third");';
    writeFileSync(join(place.home, "third"), third);
    const from = ["--from", join(place.home, "third"), "--allow-digest", sha256Hex(third)];
    await place.stigmer(["runner", "install", ...from], { binary: newer.binary });

    await place.stigmer(["runner", "prune"], { binary: newer.binary });
    expect(installed(place)).toEqual(["third", old.version, newer.version]);
    await place.stigmer(["runner", "reset"], { binary: old.binary });
    const back = await ask(place, old.binary);

    expect(back).toMatchObject({ stdout: `agent-runner ${old.version}\n`, stderr: "" });
    expect((await place.status()).parts.every(({ restarts }) => restarts === 0)).toBe(true);
  },
  SLOW_MS,
);

test(
  "once the old server is gone its runner goes too",
  async () => {
    await using place = ground();
    await place.stigmer(["server", "--port", "0"], { binary: old.binary });
    await ask(place, newer.binary);
    const third = 'console.log("agent-runner third");';
    writeFileSync(join(place.home, "third"), third);
    const from = ["--from", join(place.home, "third"), "--allow-digest", sha256Hex(third)];
    await place.stigmer(["runner", "install", ...from], { binary: newer.binary });

    await place.stigmer(["server", "stop"], { binary: old.binary });
    await place.stigmer(["runner", "prune"], { binary: newer.binary });

    expect(installed(place)).toEqual(["third", newer.version]);
  },
  SLOW_MS,
);

test("twenty starts of two versions at once do not undo each other's work", async () => {
  await using place = ground();

  const all = await Promise.all(
    Array.from({ length: 20 }, (_, n) => ask(place, n % 2 === 0 ? old.binary : newer.binary)),
  );

  expect(all.map(({ stdout }) => stdout)).toEqual(
    all.map((_, n) => `agent-runner ${n % 2 === 0 ? old.version : newer.version}\n`),
  );
  const installs = all.filter(({ stderr }) => stderr.includes("installed agent-runner"));
  expect(installs).toHaveLength(2);
});

test("each command of runner prints one JSON document, also on the first run", async () => {
  await using place = ground();
  const file = join(place.home, "copy");
  const commands = [
    ["path"],
    ["list"],
    ["verify"],
    ["export", file],
    ["install", "--from", file],
    ["prune"],
    ["reset"],
  ];

  for (const words of commands) {
    const { stdout, status } = await place.stigmer(["runner", ...words, "--json"]);
    expect({ words, status, lines: stdout.trim().split("\n").length }).toEqual({
      words,
      status: 0,
      lines: 1,
    });
    expect(() => JSON.parse(stdout)).not.toThrow();
  }
});

test("runner verify finds what was tampered with, and the next start mends it", async () => {
  await using place = ground();
  await ask(place, old.binary);
  writeFileSync(publicFile(place), "tampered with");

  const bad = await place.stigmer(["runner", "verify"], { binary: old.binary });
  await ask(place, old.binary);
  const good = await place.stigmer(["runner", "verify"], { binary: old.binary });

  expect(bad.status).toBe(1);
  expect(bad.stdout).toContain("bad: has 13 bytes instead of");
  expect(good.status).toBe(0);
});

test("rollback goes to the version before, says so at each start, and reset ends it", async () => {
  await using place = ground();
  await ask(place, old.binary);
  await ask(place, newer.binary);

  const back = await place.stigmer(["runner", "rollback"], { binary: newer.binary });
  const used = await ask(place, newer.binary);
  const reset = await place.stigmer(["runner", "reset"], { binary: newer.binary });
  const after = await ask(place, newer.binary);

  expect(back.status).toBe(0);
  expect(used.stdout).toBe(`agent-runner ${old.version}\n`);
  expect(used.stderr).toBe(
    `using the chosen agent-runner ${old.version} (embedded); \`stigmer runner reset\` ends that\n`,
  );
  expect(reset.status).toBe(0);
  expect(after).toMatchObject({ stdout: `agent-runner ${newer.version}\n`, stderr: "" });
});

/** Where a copy cannot go, and why. */
const noFiles: [what: string, make: (place: Ground) => string, words: string][] = [
  ["a folder", (place) => place.home, "is there, and is no file"],
  [
    "a pipe",
    (place) => {
      Bun.spawnSync(["mkfifo", join(place.home, "pipe")]);
      return join(place.home, "pipe");
    },
    "is there, and is no file",
  ],
  [
    "a place below a file",
    (place) => {
      writeFileSync(join(place.home, "file"), "dear");
      return join(place.home, "file/copy");
    },
    "cannot be written: a file is where its folder should be",
  ],
  ["a place that is no disk", () => "/proc/no-such-folder/copy", "cannot be written: no folder"],
];

test.each(noFiles)(
  "an export to %s is refused in a sentence and leaves nothing",
  async (...row) => {
    const [, make, words] = row;
    await using place = ground();
    await ask(place, old.binary);
    const file = make(place);
    const before = readdirSync(place.home);

    const outcome = await place.stigmer(["runner", "export", file], { binary: old.binary });

    expect(outcome).toMatchObject({ status: 1, stdout: "" });
    expect(outcome.stderr).toStartWith(`error: "${file}" ${words}`);
    expect(outcome.stderr).toContain("\nhint: name a file in ");
    expect(readdirSync(place.home)).toEqual(before);
  },
);
