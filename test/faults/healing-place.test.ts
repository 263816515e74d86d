import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

import { releases } from "../multicall/compiled.ts";
import { type Ground, ground } from "./started-server.ts";

const SLOW_MS = 120_000;
const { binary, version, runner } = releases.old;
const good = readFileSync(runner);
const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn("skipped: only root can give a file to another user");

const publicFile = (place: Ground) => join(place.state, "bin/agent-runner");
const current = (place: Ground) => join(place.state, "runners/current");
const manifest = (place: Ground) => join(current(place), "manifest.json");
const quarantined = (place: Ground) =>
  readdirSync(join(place.state, "runners")).filter((name) => name.startsWith(".bad-"));
const ask = (place: Ground) => place.stigmer(["agent-runner", "--version"], { binary });
/** The file itself, in its folder. */
const fileOf = async (place: Ground) =>
  (await place.stigmer(["runner", "path"], { binary })).stdout.trim();

/** A program for the runtime and for a shell alike, that leaves a mark where it was run. */
const trapFor = (place: Ground) =>
  `require("fs").writeFileSync(${JSON.stringify(join(place.home, "TRAPPED"))}, "")\n`.padEnd(
    good.length,
    "//",
  );
const isTrapped = (place: Ground) => existsSync(join(place.home, "TRAPPED"));

/** What can take the place of a good file, each with the mode, times and size that it had where it can. */
const damages: [what: string, damage: (path: string, place: Ground) => void][] = [
  ["deleted", (path) => rmSync(path)],
  ["deleted with its folder", (path) => rmSync(dirname(path), { recursive: true })],
  [
    "deleted with all of its kind",
    (_, { state }) => rmSync(join(state, "runners"), { recursive: true }),
  ],
  ["empty", (path) => truncateSync(path, 0)],
  ["cut off", (path) => truncateSync(path, good.length - 1)],
  ["longer by a byte", (path) => writeFileSync(path, Buffer.concat([good, Buffer.from(" ")]))],
  [
    "another program of its size, with its times",
    (path, place) => withTimes(path, () => writeFileSync(path, trapFor(place))),
  ],
  [
    "different in one bit, with its times",
    (path) => {
      const bytes = Buffer.from(good);
      bytes[5_000] = (bytes[5_000] ?? 0) ^ 1;
      withTimes(path, () => writeFileSync(path, bytes));
    },
  ],
  ["writable by all", (path) => chmodSync(path, 0o777)],
  ["writable by its group", (path) => chmodSync(path, 0o775)],
  ["in a folder that all may write", (path) => chmodSync(dirname(path), 0o777)],
  [
    "a link to another program",
    (path, place) => {
      writeFileSync(join(place.home, "trap"), trapFor(place), { mode: 0o755 });
      replace(path, () => symlinkSync(join(place.home, "trap"), path));
    },
  ],
  [
    "a link to a good copy",
    (path, place) => {
      writeFileSync(join(place.home, "copy"), good, { mode: 0o755 });
      replace(path, () => symlinkSync(join(place.home, "copy"), path));
    },
  ],
  ["a link that leads nowhere", (path) => replace(path, () => symlinkSync("nowhere", path))],
  ["a link to itself", (path) => replace(path, () => symlinkSync("agent-runner", path))],
  [
    "a directory",
    (path) => replace(path, () => mkdirSync(join(path, "full"), { recursive: true })),
  ],
  ["a FIFO", (path) => replace(path, () => Bun.spawnSync(["mkfifo", path]))],
  [
    "in a folder that is a link to one elsewhere",
    (path, place) => {
      renameSync(dirname(path), join(place.home, "elsewhere"));
      symlinkSync(join(place.home, "elsewhere"), dirname(path));
    },
  ],
  [
    "in a file instead of a folder",
    (path) => {
      rmSync(dirname(path), { recursive: true });
      writeFileSync(dirname(path), "a file");
    },
  ],
  ...(isRoot
    ? ([
        ["another user's", (path) => chownSync(path, 1_000, 1_000)],
        ["in another user's folder", (path) => chownSync(dirname(path), 1_000, 1_000)],
      ] satisfies [string, (path: string) => void][])
    : []),
];

function withTimes(path: string, change: () => void): void {
  const { atime, mtime } = statSync(path);
  change();
  utimesSync(path, atime, mtime);
}

function replace(path: string, put: () => void): void {
  rmSync(path);
  put();
}

describe.concurrent("a runner that is", () => {
  test.each(damages)(
    "%s is never run, is kept aside, and comes back without a network",
    async (what, damage) => {
      await using place = ground({ STIGMER_DOWNLOAD_BASE_URL: "http://127.0.0.1:9" });
      const path = await fileOf(place);
      // By now its stamp is noted, so that a start need not hash it.
      await ask(place);
      expect(readFileSync(manifest(place), "utf8")).toContain('"ctimeNs"');

      damage(path, place);
      const healed = await ask(place);
      const again = await ask(place);

      expect(healed).toMatchObject({ status: 0, stdout: `agent-runner ${version}\n` });
      expect(healed.stderr).toContain("(embedded)");
      expect(isTrapped(place)).toBe(false);
      expect(lstatSync(path).isFile()).toBe(true);
      expect(readFileSync(publicFile(place)).equals(good)).toBe(true);
      expect(quarantined(place)).toHaveLength(what.startsWith("deleted with") ? 0 : 1);
      expect(again.stderr).toBe("");
    },
    SLOW_MS,
  );
});

/** What can be wrong around a good file. */
const disorders: [what: string, disorder: (place: Ground) => void][] = [
  ["current leads nowhere", (place) => relink(current(place), "0000000000000000-gone")],
  ["current leads to itself", (place) => relink(current(place), "current")],
  ["current leads out of the home", (place) => relink(current(place), "/etc")],
  ["current is a file", (place) => replaceAny(current(place), (at) => writeFileSync(at, "x"))],
  [
    "current is a directory with something in it",
    (place) => replaceAny(current(place), (at) => mkdirSync(join(at, "dear"), { recursive: true })),
  ],
  ["current is missing", (place) => rmSync(current(place))],
  ["the public link leads nowhere", (place) => relink(publicFile(place), "nowhere")],
  ["the public link leads to itself", (place) => relink(publicFile(place), "agent-runner")],
  [
    "the public link is a file",
    (place) =>
      replaceAny(publicFile(place), (at) => writeFileSync(at, trapFor(place), { mode: 0o755 })),
  ],
  [
    "the public link is a directory with something in it",
    (place) =>
      replaceAny(publicFile(place), (at) => mkdirSync(join(at, "dear"), { recursive: true })),
  ],
  ["the public link is missing", (place) => rmSync(publicFile(place))],
  ["the manifest is garbage", (place) => writeFileSync(manifest(place), "\u0000{")],
  ["the manifest is empty", (place) => truncateSync(manifest(place))],
  ["the manifest is missing", (place) => rmSync(manifest(place))],
  [
    "the manifest is of a schema to come",
    (place) => writeFileSync(manifest(place), '{"schema":2}'),
  ],
  [
    "the manifest is a directory with something in it",
    (place) =>
      replaceAny(manifest(place), (at) => mkdirSync(join(at, "dear"), { recursive: true })),
  ],
  [
    "the manifest is a FIFO",
    (place) => replaceAny(manifest(place), (at) => Bun.spawnSync(["mkfifo", at])),
  ],
  [
    "the manifest tells of another file",
    (place) => {
      const text = readFileSync(manifest(place), "utf8");
      writeFileSync(
        manifest(place),
        text.replace(/"sha256": ".{64}"/, `"sha256": "${"0".repeat(64)}"`),
      );
    },
  ],
  [
    "previous leads to itself",
    (place) => symlinkSync("previous", join(place.state, "runners/previous")),
  ],
  [
    "the chosen one is gone",
    (place) => symlinkSync("0000000000000000-x", join(place.state, "runners/pinned")),
  ],
  ["the chosen one is a file", (place) => writeFileSync(join(place.state, "runners/pinned"), "")],
  [
    "the note of the version is wrong",
    (place) => writeFileSync(join(place.state, "bin/.version"), "v0.0.0\n"),
  ],
  [
    "the note of the version is a directory",
    (place) =>
      replaceAny(join(place.state, "bin/.version"), (at) =>
        mkdirSync(join(at, "dear"), { recursive: true }),
      ),
  ],
  [
    "the note of the version is a FIFO",
    (place) => replaceAny(join(place.state, "bin/.version"), (at) => Bun.spawnSync(["mkfifo", at])),
  ],
  [
    "the notes of use are a file",
    (place) => replaceAny(join(place.state, "runners/.refs"), (at) => writeFileSync(at, "")),
  ],
];

function relink(link: string, target: string): void {
  rmSync(link);
  symlinkSync(target, link);
}

function replaceAny(path: string, put: (path: string) => void): void {
  rmSync(path, { recursive: true });
  put(path);
}

describe.concurrent("a good file is used as it is, and all is in order again, when", () => {
  test.each(disorders)(
    "%s",
    async (_what, disorder) => {
      await using place = ground();
      const path = await fileOf(place);
      const { ino } = statSync(path);

      disorder(place);
      const answer = await ask(place);
      const again = await ask(place);
      const list = await place.stigmer(["runner", "list", "--json"], { binary });

      expect(answer).toMatchObject({ status: 0, stdout: `agent-runner ${version}\n` });
      expect(answer.stderr).not.toContain("installed");
      expect(again.stderr).toBe("");
      expect(statSync(publicFile(place)).ino).toBe(ino);
      expect(readFileSync(join(place.state, "bin/.version"), "utf8")).toBe(`${version}\n`);
      expect(JSON.parse(list.stdout).runners).toMatchObject([
        { version, verdict: "good", roles: ["current"] },
      ]);
    },
    SLOW_MS,
  );
});

/** What can be where the home belongs, or in it where a folder belongs, and what is said of it. */
const misplaced: [what: string, put: (state: string) => void, words: string][] = [
  ["a file as home", (state) => writeFileSync(state, "dear"), "a file is where a folder belongs"],
  ["a pipe as home", (state) => Bun.spawnSync(["mkfifo", state]), "a file is where a folder"],
  ["a link to nowhere as home", (state) => symlinkSync("nowhere", state), "cannot be made"],
  ["a link to itself as home", (state) => symlinkSync(state, state), "lead in a circle"],
  ["a file as its runners", (state) => putIn(state, "runners", "file"), "a file is where"],
  ["a link to nowhere as its runners", (state) => putIn(state, "runners", "link"), "a file is"],
  ["a file as its bin", (state) => putIn(state, "bin", "file"), "a file is where"],
  [
    "a link to nowhere as its lock",
    (state) => putIn(state, "runners/.lock", "link"),
    "runners/.lock is a link, not a file",
  ],
];

function putIn(state: string, name: string, kind: "file" | "link"): void {
  const path = join(state, name);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (kind === "file") writeFileSync(path, "dear");
  else symlinkSync("nowhere", path);
}

test.each(misplaced)(
  "%s is one sentence, and is left as it is",
  async (_what, put, words) => {
    await using place = ground({ STIGMER_LOCK_TIMEOUT: "5" });
    put(place.state);

    const outcome = await ask(place);

    expect(outcome).toMatchObject({ status: 1, stdout: "" });
    expect(outcome.stderr).toMatch(/^error: /m);
    expect(outcome.stderr).toContain(words);
    expect(outcome.stderr).toContain("\nhint: ");
    expect(outcome.stderr).not.toContain("inside stigmer");
  },
  SLOW_MS,
);
