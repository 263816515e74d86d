import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import type { StigmerError } from "../../src/base/errors.ts";
import { tryLock } from "../../src/base/file-lock.ts";
import { downloadFile } from "../../src/release/download/download.ts";
import type { DownloadProgress } from "../../src/release/download/request.ts";
import {
  ASSET,
  assetUrl,
  bytes,
  createWorkplace,
  failureOf,
  files,
  sha256,
  VERSION,
  type Workplace,
} from "./download-fixture.ts";
import { releaseFolder } from "./release-files.ts";
import { type ReleaseServer, startReleaseServer } from "./release-server.ts";

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

const SHORT = { connectMs: 150, stallMs: 150 };
const ranges = () => server.requests.map(({ headers }) => headers["range"]);
const isWhole = (path: string) => Buffer.from(readFileSync(path)).equals(bytes);

describe("a good server", () => {
  test("gives the file, and leaves nothing but it and the lock", async () => {
    const heard: DownloadProgress[] = [];

    const path = await downloadFile(
      place.request(assetUrl(server.url), { onProgress: (progress) => heard.push(progress) }),
    );

    expect(path).toBe(place.done);
    expect(isWhole(path)).toBe(true);
    expect(readdirSync(place.folder).toSorted()).toEqual(
      [sha256, `${sha256.slice(0, 1)}.lock`].toSorted(),
    );
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(heard[0]).toEqual({
      receivedBytes: 0,
      totalBytes: bytes.length,
      attempt: 1,
      resumedFrom: 0,
    });
    expect(heard.at(-1)?.receivedBytes).toBe(bytes.length);
    expect(server.requests[0]?.headers["accept-encoding"]).toBe("identity");
    expect(server.requests[0]?.headers["user-agent"]).toStartWith("stigmer/");
  });

  test("is not asked when the file is there, nor when it is away", async () => {
    await downloadFile(place.request(assetUrl(server.url)));
    await server.stop();

    const path = await downloadFile(place.request(assetUrl(server.url)));

    expect(isWhole(path)).toBe(true);
    expect(server.requests).toHaveLength(1);
  });

  test("is asked by one of ten downloads that begin at once", async () => {
    const paths = await Promise.all(
      Array.from({ length: 10 }, () => downloadFile(place.request(assetUrl(server.url)))),
    );

    expect(new Set(paths)).toEqual(new Set([place.done]));
    expect(server.requests).toHaveLength(1);
  });

  test("replaces a cached file that has one wrong bit, and keeps that aside", async () => {
    const damaged = Uint8Array.from(bytes);
    damaged[7] = (damaged[7] ?? 0) ^ 1;
    writeFileSync(place.done, damaged);

    const path = await downloadFile(place.request(assetUrl(server.url)));

    expect(isWhole(path)).toBe(true);
    expect(readFileSync(place.bad).equals(damaged)).toBe(true);
  });

  test("may serve the very folder that a build wrote", async () => {
    writeFileSync(join(place.root, ASSET), bytes);
    writeFileSync(join(place.root, `${ASSET}.sha256`), "out of date");
    const mirror = await startReleaseServer({ files: releaseFolder(VERSION, place.root) });

    const path = await downloadFile(place.request(assetUrl(mirror.url)));
    const sums = await (await fetch(`${mirror.url}/${VERSION}/checksums.txt`)).text();
    await mirror.stop();

    expect(isWhole(path)).toBe(true);
    expect(sums).toBe(`${sha256}  ${ASSET}\n`);
  });

  test("sweeps up what broken downloads of other files left a month ago", async () => {
    const old = new Date(Date.now() - 31 * 24 * 3_600_000);
    const other = (digit: string, ending: string) => join(place.folder, digit.repeat(64) + ending);
    const leftovers = [other("a", ".part"), other("a", ".json"), other("b", ".bad")];
    const kept = [other("a", ""), other("d", ".part"), join(place.folder, "notes.txt")];
    for (const path of [...leftovers, ...kept]) {
      writeFileSync(path, "");
      utimesSync(path, old, old);
    }
    const fresh = other("c", ".part");
    writeFileSync(fresh, "");
    const underWay = tryLock(join(place.folder, "d.lock"));

    await downloadFile(place.request(assetUrl(server.url)));
    underWay?.release();

    expect(leftovers.filter((path) => existsSync(path))).toEqual([]);
    expect([...kept, fresh].filter((path) => !existsSync(path))).toEqual([]);
  });

  test("is none the worse for a leftover that cannot be swept up", async () => {
    const old = new Date(Date.now() - 31 * 24 * 3_600_000);
    const digit = sha256.startsWith("a") ? "b" : "a";
    const leftover = join(place.folder, `${digit.repeat(64)}.part`);
    writeFileSync(leftover, "");
    utimesSync(leftover, old, old);
    mkdirSync(join(place.folder, `${digit}.lock`));

    const path = await downloadFile(place.request(assetUrl(server.url)));

    expect(isWhole(path)).toBe(true);
    expect(existsSync(leftover)).toBe(true);
  });

  test.each(["", ".part"])(
    "does not write through a link that lies at <digest>%s",
    async (ending) => {
      const victim = join(place.root, "victim");
      writeFileSync(victim, "keep me");
      symlinkSync(victim, place.done + ending);

      const path = await downloadFile(place.request(assetUrl(server.url)));

      expect(isWhole(path)).toBe(true);
      expect(readFileSync(victim, "utf8")).toBe("keep me");
      expect(statSync(path).isFile()).toBe(true);
    },
  );

  test("is asked for the whole when a folder lies in the place of the beginning", async () => {
    mkdirSync(join(place.part, "inside"), { recursive: true });

    const path = await downloadFile(place.request(assetUrl(server.url)));

    expect(isWhole(path)).toBe(true);
  });
});

describe("a connection that breaks", () => {
  test.each(["reset", "cut"])("is continued where it was (%s)", async (fault) => {
    const heard: DownloadProgress[] = [];

    const path = await downloadFile(
      place.request(assetUrl(server.faulty(fault, "ok")), { onProgress: (now) => heard.push(now) }),
    );

    const half = Math.floor(bytes.length / 2);
    expect(isWhole(path)).toBe(true);
    expect(ranges()).toEqual([undefined, `bytes=${half}-`]);
    expect(server.requests[1]?.headers["if-range"]).toMatch(/^"[0-9a-f]{16}"$/);
    expect(heard.at(-1)).toEqual({
      receivedBytes: bytes.length,
      totalBytes: bytes.length,
      attempt: 2,
      resumedFrom: half,
    });
  });

  test("five times ends in a sentence, and what came is kept for the next time", async () => {
    const url = assetUrl(server.faulty("reset", "reset", "reset", "reset", "reset", "ok"));

    const error = await failureOf(downloadFile(place.request(url)));

    expect(error.code).toBe("unavailable");
    expect(error.message).toBe(
      `cannot download ${url}: network: the connection was cut before all bytes had come (ECONNRESET) (after 5 tries)`,
    );
    expect(error.hint).toContain("HTTPS_PROXY");
    expect(place.waits).toEqual([250, 500, 1_000, 2_000]);
    expect(isWhole(await downloadFile(place.request(url)))).toBe(true);
    expect(ranges()[5]).toBeString();
  });

  test("and then stalls is given up and continued", async () => {
    const notices: string[] = [];

    const path = await downloadFile(
      place.request(assetUrl(server.faulty("stall", "ok")), {
        limits: SHORT,
        onNotice: (message) => notices.push(message),
      }),
    );

    expect(isWhole(path)).toBe(true);
    expect(notices).toEqual([
      "time-out: the next byte did not come within 0.15 s; trying again in 0.3 s",
    ]);
    expect(ranges()[1]).toBe(`bytes=${Math.floor(bytes.length / 2)}-`);
  });

  test("and does not answer at all is asked again, with more patience each time", async () => {
    const url = assetUrl(server.faulty("slow-head"));

    const error = await failureOf(
      downloadFile(place.request(url, { limits: { connectMs: 20, stallMs: 50 } })),
    );

    expect(error.message).toContain(
      "time-out: an answer did not come within 0.05 s (after 5 tries)",
    );
    expect(server.requests).toHaveLength(5);
  });

  test("is not what a slow one is: bytes that trickle in arrive", async () => {
    const path = await downloadFile(
      place.request(assetUrl(server.faulty("trickle")), { limits: { stallMs: 2_000 } }),
    );

    expect(isWhole(path)).toBe(true);
    expect(server.requests).toHaveLength(1);
  });

  test("ends when the time for the whole is over, however many bytes still come", async () => {
    const error = await failureOf(
      downloadFile(place.request(assetUrl(server.faulty("stall")), { limits: { totalMs: 100 } })),
    );

    expect(error.message).toContain("time-out: it was not done within 0.1 s");
    expect(server.requests).toHaveLength(1);
  });

  test("ends at once when the caller gives up, while it stalls as while it waits", async () => {
    const controller = new AbortController();
    const stalled = downloadFile(
      place.request(assetUrl(server.faulty("stall")), {
        signal: controller.signal,
        onProgress: ({ receivedBytes }) =>
          receivedBytes > 0 && controller.abort(new Error("enough")),
      }),
    );
    const waiting = new AbortController();
    const paused = downloadFile({
      ...createWaiting(place, assetUrl(server.faulty("503:60"))),
      signal: waiting.signal,
      onNotice: () => waiting.abort(new Error("enough")),
    });

    const ends = await Promise.allSettled([stalled, paused]);

    expect(ends.map((end) => (end.status === "rejected" ? String(end.reason) : end.value))).toEqual(
      ["Error: enough", "Error: enough"],
    );
  });

  test("that never speaks HTTP is named a network failure", async () => {
    const error = await failureOf(
      downloadFile(
        place.request(assetUrl(server.faulty("garbage")), { limits: { attemptsMax: 2 } }),
      ),
    );

    expect(error.message).toContain("network: ");
    expect(server.requests).toHaveLength(2);
  });

  test("to a port where nobody listens is named so", async () => {
    await server.stop();

    const error = await failureOf(downloadFile(place.request(assetUrl(server.url))));

    expect(error.message).toContain(
      "nobody answers at that address (ECONNREFUSED) (after 5 tries)",
    );
  });
});

/** A request that really waits between its tries. */
function createWaiting(from: Workplace, url: string) {
  const { sleep: _, ...request } = from.request(url);
  return { ...request, folder: join(from.root, "other") };
}

/** Leaves the first half behind, as a broken connection does. */
async function leaveHalf(url: string): Promise<void> {
  await failureOf(downloadFile(place.request(url, { limits: { attemptsMax: 1 } })));
  expect(statSync(place.part).size).toBe(Math.floor(bytes.length / 2));
}

describe("continuing", () => {
  test.each([
    ["the server knows no ranges", "no-range", 2],
    ["the file was replaced", "new-etag", 2],
    ["the answer is of a replaced file", "new-etag-206", 3],
    ["the range is not the one asked for", "range-off-by-one", 3],
    ["the server refuses the range", "416", 3],
    ["the answer is compressed", "gzip", 2],
  ])("begins again when %s", async (_, fault, requests) => {
    const url = assetUrl(server.faulty("reset", fault));
    await leaveHalf(url);

    const path = await downloadFile(place.request(url));

    expect(isWhole(path)).toBe(true);
    expect(server.requests).toHaveLength(requests);
    expect(ranges()[1]).toBeString();
    expect(ranges()[2]).toBeUndefined();
    expect(place.waits).toEqual([]);
  });

  test("does not happen with a weak ETag, which promises nothing", async () => {
    const path = await downloadFile(place.request(assetUrl(server.faulty("weak-etag", "ok"))));

    expect(isWhole(path)).toBe(true);
    expect(ranges()).toEqual([undefined, undefined]);
  });

  test("goes by the date of the last change where a server knows no ETags", async () => {
    const path = await downloadFile(place.request(assetUrl(server.faulty("dated"))));

    expect(isWhole(path)).toBe(true);
    expect(ranges()[0]).toBeUndefined();
    expect(ranges()[1]).toMatch(/^bytes=\d+-$/);
    expect(server.requests).toHaveLength(2);
  });

  test("does not happen with what came from another address", async () => {
    await leaveHalf(assetUrl(server.faulty("reset")));

    const path = await downloadFile(place.request(assetUrl(server.url)));

    expect(isWhole(path)).toBe(true);
    expect(ranges()).toEqual([undefined, undefined]);
  });

  test("takes one clean try when what was there is poisoned", async () => {
    const url = assetUrl(server.faulty("reset", "ok"));
    await leaveHalf(url);
    const poisoned = readFileSync(place.part);
    poisoned[100] = (poisoned[100] ?? 0) ^ 1;
    writeFileSync(place.part, poisoned);

    const path = await downloadFile(place.request(url, { limits: { attemptsMax: 1 } }));

    expect(isWhole(path)).toBe(true);
    expect(ranges()).toEqual([undefined, expect.any(String), undefined]);
  });

  test.each([
    ["longer than the file", () => writeFileSync(place.part, Buffer.concat([bytes, bytes]))],
    ["of unknown origin", () => writeFileSync(place.part, bytes.subarray(0, 1000))],
    [
      "beside garbage",
      () => {
        writeFileSync(place.part, bytes.subarray(0, 1000));
        writeFileSync(place.sidecar, '{"schema":1,"requestSha256":');
      },
    ],
  ])("does not happen with a beginning %s", async (_, prepare) => {
    prepare();

    const path = await downloadFile(place.request(assetUrl(server.url)));

    expect(isWhole(path)).toBe(true);
    expect(ranges()).toEqual([undefined]);
  });

  test("needs no server when all bytes had come before the end", async () => {
    writeFileSync(place.part, bytes);

    const path = await downloadFile(place.request(assetUrl(server.url)));

    expect(isWhole(path)).toBe(true);
    expect(server.requests).toEqual([]);
  });

  test("leaves no secret on disk", async () => {
    const url = new URL(assetUrl(server.faulty("reset")));
    url.username = "robot";
    url.password = "hunter2";
    url.search = "?sig=s3cr3t";

    await failureOf(downloadFile(place.request(url.href, { limits: { attemptsMax: 1 } })));

    expect(readFileSync(place.sidecar, "utf8")).not.toMatch(/robot|hunter2|s3cr3t|127\.0\.0\.1/);
  });
});

describe("an answer that is not the file", () => {
  test("fails closed when its digest is wrong, though the server's own checksum agrees", async () => {
    const base = server.faulty("flipped");
    const forged = await (await fetch(`${assetUrl(base)}.sha256`)).text();

    const error = await failureOf(downloadFile(place.request(assetUrl(base))));

    expect(forged).toStartWith("ffff");
    expect(error.code).toBe("checksum_mismatch");
    expect(error.message).toContain(`wrong digest: it has SHA-256 `);
    expect(error.message).toContain(`, not ${sha256}`);
    expect(error.hint).toContain(place.bad);
    expect(statSync(place.bad).size).toBe(bytes.length);
    expect(existsSync(place.done)).toBe(false);
    expect(existsSync(place.part)).toBe(false);
    expect(place.waits).toEqual([]);
  });

  test.each([
    ["length-short", `it has ${bytes.length - 7} bytes, not ${bytes.length}`],
    ["length-long", `it has ${bytes.length * 2} bytes, not ${bytes.length}`],
    ["endless", `it has more bytes than it should, not ${bytes.length}`],
  ])("is refused for its size, early (%s)", async (fault, words) => {
    const error = await failureOf(downloadFile(place.request(assetUrl(server.faulty(fault)))));

    expect(error.code).toBe("checksum_mismatch");
    expect(error.message).toContain(`wrong size: ${words}`);
    expect(existsSync(place.done)).toBe(false);
    expect(server.requests).toHaveLength(1);
  });

  test.each(["portal", "portal-plain", "511"])(
    "is named when it is a login page (%s)",
    async (fault) => {
      const error = await failureOf(downloadFile(place.request(assetUrl(server.faulty(fault)))));

      expect(error.message).toContain("captive portal: a web page came instead of the file");
      expect(error.hint).toContain("log in");
      expect(server.requests).toHaveLength(1);
    },
  );

  test("is taken when it was compressed unasked, as its bytes are right", async () => {
    const path = await downloadFile(place.request(assetUrl(server.faulty("gzip"))));

    expect(isWhole(path)).toBe(true);
  });

  test.each([
    ["404", "not_found", "not found: the server has no such file (status 404)"],
    ["401", "not_permitted", "refused: the server does not let us in (status 401)"],
    ["403", "not_permitted", "refused: the server does not let us in (status 403)"],
    ["407", "failed", "proxy: the proxy wants a user name and a password (status 407)"],
    ["400", "unavailable", "server: the server answered with status 400"],
  ])("is not asked for again after status %s", async (status, code, words) => {
    const error = await failureOf(downloadFile(place.request(assetUrl(server.faulty(status)))));

    expect(error.code).toBe(code as StigmerError["code"]);
    expect(error.message).toContain(words);
    expect(server.requests).toHaveLength(1);
  });

  test.each(["408", "425", "429", "500", "502", "503", "504"])(
    "is asked for again after status %s",
    async (status) => {
      const path = await downloadFile(place.request(assetUrl(server.faulty(status, "ok"))));

      expect(isWhole(path)).toBe(true);
      expect(place.waits).toEqual([250]);
    },
  );

  test.each(["429:7", "503:7"])("is asked for again after as long as %s says", async (fault) => {
    const path = await downloadFile(place.request(assetUrl(server.faulty(fault, "ok"))));

    expect(isWhole(path)).toBe(true);
    expect(place.waits).toEqual([7_000]);
  });

  test("is not waited for when the server asks for an hour", async () => {
    const error = await failureOf(downloadFile(place.request(assetUrl(server.faulty("429:3600")))));

    expect(error.hint).toContain("3600 s");
    expect(place.waits).toEqual([]);
  });
});

describe("a redirect", () => {
  test("in a circle ends after five", async () => {
    const error = await failureOf(downloadFile(place.request(assetUrl(server.faulty("loop")))));

    expect(error.message).toContain("redirect: more than 5 redirects");
    expect(server.requests).toHaveLength(6);
  });

  test.each(["to-file", "to-nowhere"])("%s is refused", async (fault) => {
    const error = await failureOf(downloadFile(place.request(assetUrl(server.faulty(fault)))));

    expect(error.message).toContain("redirect: ");
    expect(server.requests).toHaveLength(1);
  });

  test("to another origin is followed without the header of the mirror", async () => {
    const mirror = await startReleaseServer({ files, elsewhere: server.url });
    const environment = withHeader(mirror.url, "Authorization: Bearer hush");

    const path = await downloadFile(
      place.request(assetUrl(mirror.faulty("to-elsewhere")), { environment }),
    );
    await mirror.stop();

    expect(isWhole(path)).toBe(true);
    expect(mirror.requests[0]?.headers["authorization"]).toBe("Bearer hush");
    expect(server.requests[0]?.path).toBe(`/${VERSION}/${ASSET}`);
    expect(server.requests[0]?.headers["authorization"]).toBeUndefined();
  });
});

/** An environment with a mirror, and a file that holds the header it wants. */
function withHeader(base: string, line: string, mode = 0o600): Record<string, string> {
  const path = join(place.root, "auth");
  writeFileSync(path, `${line}\n`);
  chmodSync(path, mode);
  return { STIGMER_DOWNLOAD_BASE_URL: base, STIGMER_DOWNLOAD_AUTH_FILE: path };
}

describe("the header of a mirror", () => {
  test("may have any name", async () => {
    const environment = withHeader(server.url, "PRIVATE-TOKEN: hush");

    await downloadFile(place.request(assetUrl(server.url), { environment }));

    expect(server.requests[0]?.headers["private-token"]).toBe("hush");
  });

  test("does not go to another host than the mirror", async () => {
    const environment = withHeader("https://mirror.example", "Authorization: Bearer hush");

    await downloadFile(place.request(assetUrl(server.url), { environment }));

    expect(server.requests[0]?.headers["authorization"]).toBeUndefined();
  });

  test.each(["644", "640", "604", "700"])("is not read from a file of mode %s", async (mode) => {
    const header = "Authorization: Bearer hush";
    const environment = withHeader(server.url, header, Number.parseInt(mode, 8));

    const error = await failureOf(
      downloadFile(place.request(assetUrl(server.url), { environment })),
    );

    expect(error.code).toBe("not_permitted");
    expect(error.message).toContain(`has the mode 0${mode}`);
    expect(error.hint).toContain("chmod 600");
    expect(server.requests).toEqual([]);
  });

  test.each([
    "hush",
    "A: b\nC: d",
    "Range: bytes=0-",
    "Authorization: ",
    "Authorization: Bearer hüsh",
  ])("is one line with a name and a value, not %j, which is never shown", async (line) => {
    const environment = withHeader(server.url, line);

    const error = await failureOf(
      downloadFile(place.request(assetUrl(server.url), { environment })),
    );

    expect(error.message).toEndWith("auth is not one header line");
    expect(`${error.message} ${error.hint}`).not.toMatch(/hush|hüsh/);
  });

  test("is refused when no mirror is named to send it to, and when its file is missing", async () => {
    const { STIGMER_DOWNLOAD_AUTH_FILE = "" } = withHeader(server.url, "A: b");
    const base = { STIGMER_DOWNLOAD_BASE_URL: server.url };

    const alone = downloadFile(
      place.request(assetUrl(server.url), { environment: { STIGMER_DOWNLOAD_AUTH_FILE } }),
    );
    const missing = downloadFile(
      place.request(assetUrl(server.url), {
        environment: { ...base, STIGMER_DOWNLOAD_AUTH_FILE: "/nowhere/auth" },
      }),
    );

    expect((await failureOf(alone)).message).toContain("no mirror to send it to");
    expect((await failureOf(missing)).message).toContain("cannot read /nowhere/auth");
  });

  test("comes from the address when a user and a password stand in it, and neither is shown", async () => {
    const url = assetUrl(server.faulty("403")).replace("//", "//robot:p%40ss@");

    const error = await failureOf(downloadFile(place.request(url)));

    expect(server.requests[0]?.headers["authorization"]).toBe(`Basic ${btoa("robot:p@ss")}`);
    expect(`${error.message} ${error.hint}`).not.toMatch(/robot|p%40ss|p@ss/);
  });
});

const fileUrl = (name: string) => `file://${join(place.root, name)}`;

describe("a file: address", () => {
  test("is copied and checked like any other", async () => {
    writeFileSync(join(place.root, "asset"), bytes);

    const path = await downloadFile(place.request(fileUrl("asset")));

    expect(path).toBe(place.done);
    expect(isWhole(path)).toBe(true);
  });

  test.each([
    ["missing", () => {}, "not_found", "not found: "],
    [
      "shorter",
      () => writeFileSync(join(place.root, "asset"), "short"),
      "checksum_mismatch",
      "wrong size: it has 5 bytes",
    ],
    [
      "another",
      () => writeFileSync(join(place.root, "asset"), new Uint8Array(bytes.length)),
      "checksum_mismatch",
      "wrong digest: ",
    ],
    ["a folder", () => mkdirSync(join(place.root, "asset")), "not_found", "is not a file"],
    [
      "a pipe",
      () => Bun.spawnSync(["mkfifo", join(place.root, "asset")]),
      "not_found",
      "is not a file",
    ],
  ])("is refused when it is %s", async (_, prepare, code, words) => {
    prepare();

    const error = await failureOf(downloadFile(place.request(fileUrl("asset"))));

    expect(error.code).toBe(code as StigmerError["code"]);
    expect(error.message).toContain(words);
    expect(existsSync(place.done)).toBe(false);
  });

  test("needs no network: offline changes nothing", async () => {
    writeFileSync(join(place.root, "asset"), bytes);

    const path = await downloadFile(
      place.request(fileUrl("asset"), { environment: { STIGMER_OFFLINE: "1" } }),
    );

    expect(isWhole(path)).toBe(true);
  });
});

describe("before anything is sent", () => {
  test("offline names the file, where it is and where to put it", async () => {
    const request = place.request("https://mirror.example/v1/asset", {
      environment: { STIGMER_OFFLINE: "1" },
    });

    const error = await failureOf(downloadFile(request));

    expect(error.message).toBe(
      `offline: https://mirror.example/v1/asset (${bytes.length} bytes) is needed, and STIGMER_OFFLINE forbids to fetch it`,
    );
    expect(error.hint).toContain(`put it at ${place.done}`);
  });

  test("a file that was put there by hand is found offline", async () => {
    writeFileSync(place.done, bytes, { mode: 0o644 });

    const path = await downloadFile(
      place.request("https://mirror.example/a", { environment: { STIGMER_OFFLINE: "1" } }),
    );

    expect(path).toBe(place.done);
  });

  test.each([
    ["http://mirror.example/a", "is not encrypted"],
    ["ftp://mirror.example/a", "cannot download from ftp://mirror.example/a"],
    ["file://host/a", "cannot download from file://host/a"],
    ["not an address", '"not an address" is not an address'],
  ])("%s is refused", async (url, words) => {
    const error = await failureOf(downloadFile(place.request(url)));

    expect(error.message).toContain(words);
  });

  test.each([
    { sha256: "" },
    { sha256: "0".repeat(63) },
    { sizeBytes: 0 },
    { sizeBytes: Number.POSITIVE_INFINITY },
  ])("%j is refused: nothing is unchecked", async (wrong) => {
    const error = await failureOf(downloadFile({ ...place.request(server.url), ...wrong }));

    expect(error.message).toContain("nothing is downloaded without its SHA-256 and its size");
  });

  test("a folder that cannot be made is named, and nothing is tried again", async () => {
    writeFileSync(join(place.root, "file"), "");
    const folder = join(place.root, "file", "downloads");

    const error = await failureOf(downloadFile(place.request(assetUrl(server.url), { folder })));

    expect(error.message).toContain(`disk: a file is where a folder belongs: ${folder} (ENOTDIR)`);
    expect(server.requests).toEqual([]);
  });
});
