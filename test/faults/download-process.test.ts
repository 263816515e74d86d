import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { childEnvironment } from "../../src/base/process-environment.ts";
import { downloadFile } from "../../src/release/download/download.ts";
import {
  assetUrl,
  bytes,
  createWorkplace,
  failureOf,
  files,
  sha256,
  type Workplace,
} from "./download-fixture.ts";
import { createPrivateAuthority } from "./private-authority.ts";
import { type ReleaseServer, startReleaseServer } from "./release-server.ts";

const HALF = Math.floor(bytes.length / 2);

let server: ReleaseServer;
let place: Workplace;
beforeEach(async () => {
  server = await startReleaseServer({ files });
  place = createWorkplace();
});
afterEach(async () => {
  await server.stop();
  place.remove();
});

const CHILD = join(import.meta.dir, "download-child.ts");

/** Compiled as the product is: only there does it show that all of it survives the compilation. */
const compiledFolder = mkdtempSync(join(tmpdir(), "stigmer-compiled-"));
const compiled = join(compiledFolder, "download-child");
beforeAll(() => {
  const flags = ["--no-compile-autoload-dotenv", "--no-compile-autoload-bunfig"];
  const build = Bun.spawnSync(
    [
      process.execPath,
      "build",
      "--compile",
      "--minify",
      "--reject-unresolved",
      ...flags,
      CHILD,
      "--outfile",
      compiled,
    ],
    { stdout: "ignore", stderr: "pipe" },
  );
  if (!build.success) throw new Error(build.stderr.toString());
});
afterAll(() => rmSync(compiledFolder, { recursive: true }));

function startChild(url: string, environment: Record<string, string> = {}) {
  const { folder } = place;
  const request = JSON.stringify({ url, sha256, sizeBytes: bytes.length, folder });
  return Bun.spawn([compiled, request], {
    env: childEnvironment(process.env, environment),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

/** Reads until the child has told of that many bytes. */
async function untilReceived(child: ReturnType<typeof startChild>, wanted: number): Promise<void> {
  let text = "";
  for await (const chunk of child.stdout) {
    text += new TextDecoder().decode(chunk);
    const [received = "0"] = text.trimEnd().split("\n").at(-1)?.split(" ") ?? [];
    if (Number(received) >= wanted) return;
  }
  throw new Error(`the child ended after: ${text}`);
}

const isWhole = (path: string) => Buffer.from(readFileSync(path)).equals(bytes);

test("a download that is killed half way goes on where it was in the next process", async () => {
  const url = assetUrl(server.faulty("stall", "ok"));
  const child = startChild(url);
  await untilReceived(child, HALF);

  child.kill("SIGKILL");
  await child.exited;
  const path = await downloadFile(place.request(url));

  expect(isWhole(path)).toBe(true);
  expect(server.requests.map(({ headers }) => headers["range"])).toEqual([
    undefined,
    `bytes=${HALF}-`,
  ]);
});

test("a process that waits for another one's download takes over when that one is killed", async () => {
  const url = assetUrl(server.faulty("stall", "ok"));
  const first = startChild(url);
  await untilReceived(first, HALF);
  const second = startChild(url);
  // It must be at the lock, or there is nothing to take over; its own progress cannot tell, as it has none.
  await Bun.sleep(200);

  first.kill("SIGKILL");
  await first.exited;

  expect(await second.stdout.text()).toEndWith(`done ${place.done}\n`);
  expect(isWhole(place.done)).toBe(true);
  expect(server.requests).toHaveLength(2);
});

test("three processes at once fetch the file once", async () => {
  const children = [1, 2, 3].map(() => startChild(assetUrl(server.url)));

  const said = await Promise.all(children.map((child) => child.stdout.text()));

  expect(said.map((text) => text.trimEnd().split("\n").at(-1))).toEqual(
    children.map(() => `done ${place.done}`),
  );
  expect(server.requests).toHaveLength(1);
});

test("a private authority and a broken connection are no obstacle", async () => {
  const authority = createPrivateAuthority(place.root);
  if (!authority) return console.warn("skipped: without openssl there is no private authority");
  const mirror = await startReleaseServer({ files, tls: authority.tls });

  const child = startChild(assetUrl(mirror.faulty("reset", "ok")), {
    SSL_CERT_FILE: authority.caPath,
  });

  expect(await child.stdout.text()).toEndWith(`done ${place.done}\n`);
  expect(isWhole(place.done)).toBe(true);
  expect(mirror.requests).toHaveLength(2);
  await mirror.stop();
});

/** Only root may mount a small disk; a name space of our own keeps it from everybody else. */
const mayMount =
  process.platform === "linux" &&
  Bun.which("unshare") !== null &&
  Bun.spawnSync(["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]).success;
if (!mayMount) console.warn("skipped: a full disk needs the right to mount one");

describe.skipIf(!mayMount)("a disk", () => {
  test.each([10, 50, 99])(
    "that is full at %d percent of the file ends the download in a sentence",
    async (percent) => {
      const kibibytes = Math.floor((bytes.length * percent) / 100 / 1024);

      const { complaint, status, folder } = await downloadToDisk(`size=${kibibytes}k`);

      expect(complaint).toContain(`disk: the disk is full: ${folder} (ENOSPC)`);
      expect(status).toBe(1);
      expect(server.requests).toHaveLength(1);
    },
  );

  test("that is read-only ends it before anything is asked for", async () => {
    const { complaint, status, folder } = await downloadToDisk("ro");

    expect(complaint).toContain(`disk: the file system is read-only: ${folder} (EROFS)`);
    expect(status).toBe(1);
    expect(server.requests).toEqual([]);
  });
});

/** The disk lives in a name space of its own, and ends with the download. */
async function downloadToDisk(options: string) {
  const folder = join(place.root, "disk");
  mkdirSync(folder);
  const url = assetUrl(server.url);
  const request = JSON.stringify({ url, sha256, sizeBytes: bytes.length, folder });
  const script = 'mount -t tmpfs -o "$1" none "$2" && exec "$3" "$4"';
  const child = Bun.spawn(
    ["unshare", "--mount", "sh", "-c", script, "sh", options, folder, compiled, request],
    { stdin: "ignore", stdout: "ignore", stderr: "pipe" },
  );
  return { complaint: await child.stderr.text(), status: await child.exited, folder };
}

test("a folder that cannot be made is named", async () => {
  const folder = `/proc/self/${sha256}`;

  const end = downloadFile({ ...place.request(assetUrl(server.url)), folder });

  expect((await failureOf(end)).message).toContain(`disk: `);
  expect(server.requests).toEqual([]);
});
