import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { StigmerError } from "../../src/base/errors.ts";
import { downloadFile } from "../../src/release/download/download.ts";
import { fetchSmall, type SmallRequest } from "../../src/release/download/fetch-small.ts";
import type { DownloadProgress, DownloadRequest } from "../../src/release/download/request.ts";
import {
  assetUrl,
  bytes,
  createWorkplace,
  failureOf,
  files,
  VERSION,
  type Workplace,
} from "./download-fixture.ts";
import { startForwardProxy } from "./forward-proxy.ts";
import { type ReleaseServer, startReleaseServer } from "./release-server.ts";

const LIST = "a list\n";
const BOUND_BYTES = 500_000;

let server: ReleaseServer;
let place: Workplace;
beforeEach(async () => {
  server = await startReleaseServer({
    files: new Map([...files, ["/list", Buffer.from(LIST)], ["/nothing", new Uint8Array()]]),
  });
  place = createWorkplace();
});
afterEach(async () => {
  await server.stop();
  place.remove();
});

const isWhole = (path: string) => Buffer.from(readFileSync(path)).equals(bytes);
const ranges = () => server.requests.map(({ headers }) => headers["range"]);

const bound = (url: string, more: Partial<DownloadRequest> = {}): DownloadRequest =>
  place.request(url, { sizeBytes: BOUND_BYTES, isSizeBound: true, ...more });

const small = (url: string, more: Partial<SmallRequest> = {}): SmallRequest => ({
  url,
  bytesMax: 1_000,
  environment: {},
  random: () => 0,
  sleep: async (durationMs) => void place.waits.push(durationMs),
  ...more,
});
const fetchText = async (request: SmallRequest): Promise<string> =>
  Buffer.from(await fetchSmall(request)).toString();
const failure = (request: SmallRequest) => failureOf(fetchText(request));

describe("a file whose size nobody has said", () => {
  test("is known by its digest, and its size by the first answer", async () => {
    const heard: DownloadProgress[] = [];

    const path = await downloadFile(
      bound(assetUrl(server.url), { onProgress: (progress) => heard.push(progress) }),
    );

    expect(isWhole(path)).toBe(true);
    expect(new Set(heard.map(({ totalBytes }) => totalBytes))).toEqual(new Set([bytes.length]));
    expect(await downloadFile(bound(assetUrl(server.url)))).toBe(path);
    expect(server.requests).toHaveLength(1);
  });

  test.each(["reset", "cut"])("goes on where it was cut off (%s)", async (fault) => {
    const path = await downloadFile(bound(assetUrl(server.faulty(fault, "ok"))));

    expect(isWhole(path)).toBe(true);
    expect(ranges()).toEqual([undefined, `bytes=${Math.floor(bytes.length / 2)}-`]);
  });

  test.each(["no-range", "new-etag", "new-etag-206", "range-off-by-one", "416", "gzip"])(
    "begins again when it cannot go on (%s)",
    async (fault) => {
      const path = await downloadFile(bound(assetUrl(server.faulty("reset", fault))));

      expect(isWhole(path)).toBe(true);
    },
  );

  test("is whole when all of it had come before the end", async () => {
    writeFileSync(place.part, bytes);

    expect(isWhole(await downloadFile(bound(assetUrl(server.url))))).toBe(true);
    expect(server.requests).toEqual([]);
  });

  test("takes one clean try when what was there is poisoned", async () => {
    const url = assetUrl(server.faulty("reset", "ok"));
    await failureOf(downloadFile(bound(url, { limits: { attemptsMax: 1 } })));
    const poisoned = readFileSync(place.part);
    poisoned[100] = (poisoned[100] ?? 0) ^ 1;
    writeFileSync(place.part, poisoned);

    expect(isWhole(await downloadFile(bound(url, { limits: { attemptsMax: 1 } })))).toBe(true);
  });

  test.each(["length-long", "endless"])("is cut short above its bound (%s)", async (fault) => {
    const error = await failureOf(downloadFile(bound(assetUrl(server.faulty(fault)))));

    expect(error.code).toBe("checksum_mismatch");
    expect(error.message).toContain(`not at most ${BOUND_BYTES}`);
    expect(existsSync(place.done)).toBe(false);
    expect(server.requests).toHaveLength(1);
    if (existsSync(place.part)) {
      expect(statSync(place.part).size).toBeLessThanOrEqual(BOUND_BYTES);
    }
  });

  test.each([
    ["length-short", "wrong digest"],
    ["flipped", "wrong digest"],
    ["portal", "captive portal"],
    ["portal-plain", "captive portal"],
    ["404", "not found"],
    ["401", "refused"],
    ["loop", "redirect"],
    ["to-file", "redirect"],
  ])("is refused (%s: %s)", async (fault, category) => {
    const error = await failureOf(downloadFile(bound(assetUrl(server.faulty(fault)))));

    expect(error.message).toContain(`: ${category}: `);
    expect(existsSync(place.done)).toBe(false);
    expect(place.waits).toEqual([]);
  });

  test("comes from a folder too, within its bound", async () => {
    const file = join(place.root, "asset");
    writeFileSync(file, bytes);

    const tooLarge = await failureOf(
      downloadFile(bound(`file://${file}`, { sizeBytes: bytes.length - 1 })),
    );
    const path = await downloadFile(bound(`file://${file}`));

    expect(tooLarge.message).toContain(
      `it has ${bytes.length} bytes, not at most ${bytes.length - 1}`,
    );
    expect(isWhole(path)).toBe(true);
  });
});

describe("a small file that is checked by its signature", () => {
  test.each(["ok", "gzip", "trickle"])("comes as it is (%s)", async (fault) => {
    expect(await fetchText(small(`${server.faulty(fault)}/list`))).toBe(LIST);
  });

  test("may be empty", async () => {
    expect(await fetchText(small(`${server.url}/nothing`))).toBe("");
  });

  test.each([
    ["503", 2],
    ["429:1", 2],
    ["reset", 2],
    ["cut", 2],
    ["garbage", 2],
  ])("is asked for again when the fault may pass (%s)", async (fault, requests) => {
    expect(await fetchText(small(`${server.faulty(fault, "ok")}/list`))).toBe(LIST);
    expect(server.requests).toHaveLength(requests);
    expect(place.waits).toHaveLength(1);
  });

  test.each([
    ["401", "not_permitted", "refused"],
    ["403", "not_permitted", "refused"],
    ["404", "not_found", "not found"],
    ["407", "failed", "proxy"],
    ["loop", "failed", "redirect"],
    ["to-file", "failed", "redirect"],
    ["portal", "failed", "captive portal"],
    ["portal-plain", "failed", "captive portal"],
    ["206", "unavailable", "server"],
  ])("is refused at once with %s (%s: %s)", async (fault, code, category) => {
    const url = `${server.faulty(fault)}/list`.replace("//", "//me:hush@");

    const error = await failure(small(url));

    expect<string>(error.code).toBe(code);
    expect(error.message).toContain(`: ${category}: `);
    expect(error.message).not.toContain("hush");
    expect(place.waits).toEqual([]);
  });

  test("is given up after five tries, and the proxy, the address and the tries are told", async () => {
    const error = await failure(small(`${server.faulty("503")}/list`));

    expect(error.code).toBe("unavailable");
    expect(error.message).toBe(
      `cannot download ${server.faulty("503")}/list: server: the server answered with status 503 (after 5 tries)`,
    );
    expect(server.requests).toHaveLength(5);
  });

  test.each(["length-long", "endless"])("is cut short when it is not small (%s)", async (fault) => {
    const error = await failure(small(`${server.faulty(fault)}/list`, { bytesMax: 10 }));

    expect(error.message).toContain("not at most 10");
    expect(server.requests).toHaveLength(1);
  });

  test("does not stall for ever", async () => {
    const limits = { connectMs: 100, stallMs: 100, attemptsMax: 2 };

    const error = await failure(small(`${server.faulty("stall")}/list`, { limits }));
    server.release();

    expect(error.message).toContain("time-out: the next byte did not come");
  });

  test("goes through the proxy that is set, and not to the host itself", async () => {
    const proxy = await startForwardProxy({ port: 1, status: 407 });

    const error = await failure(
      small("https://mirror.example/list", { environment: { HTTPS_PROXY: proxy.url } }),
    );
    await proxy.stop();

    expect(error.message).toContain("the proxy wants a user name");
    expect(proxy.targets).toEqual(["mirror.example:443"]);
  });

  test("is not fetched offline, and the hint says how to do without", async () => {
    const error = await failure(
      small(`${server.url}/list`, { environment: { STIGMER_OFFLINE: "1" } }),
    );

    expect(error.code).toBe("unavailable");
    expect(error.message).toContain(`offline: ${server.url}/list is needed`);
    expect(error.hint).toContain("STIGMER_DOWNLOAD_BASE_URL=file:///");
    expect(server.requests).toEqual([]);
  });

  test("comes from a folder, also offline, if it is small", async () => {
    const folder = join(place.root, VERSION);
    mkdirSync(folder);
    writeFileSync(join(folder, "list"), LIST);
    const environment = { STIGMER_OFFLINE: "1" };
    const url = `file://${folder}/list`;

    expect(await fetchText(small(url, { environment }))).toBe(LIST);
    expect((await failure(small(url, { bytesMax: 3 }))).message).toContain("more than 3 bytes");
    expect((await failure(small(`file://${folder}/none`))).code).toBe("not_found");
    expect((await failure(small(`file://${folder}`))).message).toContain("is not a file");
  });

  test("is never asked for in the clear", async () => {
    const asked = fetchText(small("http://mirror.example/list"));

    expect(asked).rejects.toThrow(StigmerError);
    expect(asked).rejects.toThrow("http://mirror.example/list is not encrypted");
  });
});
