import { afterEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sha256Hex } from "../../src/base/sha256.ts";
import { startForwardProxy } from "../faults/forward-proxy.ts";
import { createPrivateAuthority } from "../faults/private-authority.ts";
import { releaseFiles } from "../faults/release-files.ts";
import {
  archive,
  ASSET,
  at,
  canDownload,
  createMachine,
  downloaders,
  expectInstalled,
  expectUntouched,
  fakeProgram,
  files,
  packArchive,
  script,
  serve,
  stopServers,
  testDownload,
  testScript,
  VERSION,
  whenDone,
} from "./installation.ts";

afterEach(stopServers);

const digest = sha256Hex(archive);
const SLOW_MS = 60_000;

/** What a server does wrong, how often it is asked, and how long the script waits between: it gets there. */
const survived: [fault: string, waits: number[], ranges: (boolean | undefined)[]][] = [
  ["reset,ok", [1], [false, true]],
  ["cut,ok", [1], [false, true]],
  ["reset,reset,503,ok", [1, 2, 4], [false, true, true, true]],
  ["stall,ok", [1], [false, true]],
  ["slow-head,ok", [1], [false, false]],
  ["trickle", [], [false]],
  ["429:7,503,ok", [7, 2], [false, false, false]],
  ["408,ok", [1], [false, false]],
  ["416", [], [false]],
  ["reset,416,ok", [1, 2], [false, true, false]],
];

describe.each(downloaders)("with %s", (downloader) => {
  /** Debian's BusyBox has no time limit, and tells nothing of an answer's head when the answer is a failure. */
  const isBare = downloader === "busybox wget" && !hasTimeLimit("busybox");
  if (isBare) console.warn("skipped: silence and Retry-After, of which this BusyBox knows nothing");

  const survivable = survived.filter(([fault]) => !isBare || !/stall|slow-head|:/.test(fault));
  testDownload.each(survivable)(
    "it survives %s",
    async (fault, waits, ranges) => {
      const server = await serve();
      using machine = createMachine();

      const { status } = await machine.install({
        downloader,
        environment: { ...at(server.faulty(...fault.split(","))), STIGMER_STALL_SECONDS: "3" },
      });

      expect(status).toBe(0);
      expectInstalled(machine.place);
      expect(machine.waits()).toEqual(waits);
      expect(server.requests.map(({ headers }) => headers["range"] !== undefined)).toEqual(
        ranges as boolean[],
      );
    },
    SLOW_MS,
  );

  testDownload.each(["reset,no-range,ok", "reset,new-etag,ok", "weak-etag,range-off-by-one,ok"])(
    "it begins anew when a server does not continue: %s",
    async (fault) => {
      const server = await serve();
      using machine = createMachine();

      const { status } = await machine.install({
        downloader,
        environment: at(server.faulty(...fault.split(","))),
      });

      expect(status).toBe(0);
      expectInstalled(machine.place);
      expect(server.requests.length).toBeGreaterThan(1);
    },
  );

  testDownload("it fetches the whole again when a server continued another file", async () => {
    const other = Uint8Array.from(archive, (byte) => byte ^ 1);
    const answers = [other, archive];
    const served = new Map(files);
    served.get = (path) => (files.has(path) ? (answers.shift() ?? archive) : undefined);
    const server = await serve(served);
    using machine = createMachine();

    const { status, stderr } = await machine.install({
      downloader,
      environment: at(server.faulty("reset", "ok")),
    });

    expect(status).toBe(0);
    expect(stderr).toContain("the parts do not fit together; fetching the whole file again");
    expectInstalled(machine.place);
    expect(server.requests.map(({ headers }) => headers["range"])).toEqual([
      undefined,
      `bytes=${Math.floor(archive.length / 2)}-`,
      undefined,
    ]);
  });

  testDownload.each([
    [
      "401",
      1,
      /lets nobody or not everybody in\nhint: put user:password@ into STIGMER_DOWNLOAD_BASE_URL/,
    ],
    ["403", 1, /the server answered 403/],
    ["404", 1, /it is not there\nhint: look whether there is a release v9\.9\.9/],
    ["407", 1, /the proxy wants to know who asks/],
    ["400", 1, /the server answered 400/],
    ["429", 5, /in 5 tries: the server answered 429\nhint: try again later/],
    ["503", 5, /in 5 tries: the server answered 503/],
    ["reset", 5, /in 5 tries: .*clos/],
    ["loop", 11, /it was redirected in vain: .*redirect/],
    ["to-nowhere", 1, /it was redirected in vain/],
    ["to-file", 1, /it was redirected in vain: .*file/],
    ["portal", 1, /is a web page, not the file\nhint: .*log in, and try again/],
    ["portal-plain", 1, /is a web page, not the file/],
    [
      "flipped",
      1,
      new RegExp(`has the SHA-256 [0-9a-f]{64}, not ${digest}\nhint: nothing was installed`),
    ],
    [
      "gzip",
      1,
      new RegExp(`has the SHA-256 ${sha256Hex(Bun.gzipSync(Uint8Array.from(archive)))}, not`),
    ],
    ["length-short", 1, /has the SHA-256/],
    ["length-long", 1, /has the SHA-256/],
  ] as const)("%s ends with a sentence, and leaves nothing", async (fault, requests, text) => {
    const server = await serve();
    using machine = createMachine();

    const outcome = await machine.install({ downloader, environment: at(server.faulty(fault)) });

    expect(outcome).toMatchObject({ status: 1, stdout: "", stderr: expect.stringMatching(text) });
    const isFarther = downloader === "busybox wget" && fault === "loop";
    if (!isFarther) expect(server.requests).toHaveLength(requests);
    expectUntouched(machine);
  });

  test.skipIf(isBare || !canDownload)(
    "a server that asks for minutes is not waited for",
    async () => {
      const server = await serve();
      using machine = createMachine();

      const { status, stderr } = await machine.install({
        downloader,
        environment: at(server.faulty("429:999")),
      });

      expect(status).toBe(1);
      expect(stderr).toContain("hint: it asks for 999 s of patience: try again then");
      expect(machine.waits()).toEqual([]);
    },
  );

  testDownload("a server that never ends is cut off", async () => {
    const server = await serve();
    using machine = createMachine();

    const { status, stderr } = await machine.install({
      downloader,
      script: script.replace(/blocks_max=\d+/, "blocks_max=800"),
      environment: at(server.faulty("endless")),
    });

    expect(status).toBe(1);
    expect(stderr).toContain("it has more bytes than a release can have");
    expectUntouched(machine);
  });

  testDownload("a mirror that is down is named, and nobody else is asked", async () => {
    using machine = createMachine();
    const isShy = downloader === "busybox wget";

    const { status, stderr } = await machine.install({
      downloader,
      environment: at(`http://${isShy ? "" : "me:hush@"}127.0.0.1:9/mirror`),
    });

    expect(status).toBe(1);
    expect(stderr).toContain(
      `cannot download http://127.0.0.1:9/mirror/${VERSION}/${ASSET} in 5 tries: `,
    );
    expect(stderr).not.toContain("hush");
    expect(stderr).not.toContain("github.com");
    expectUntouched(machine);
  });

  testDownload(
    "a login in the address of a mirror goes there, and not where it redirects to",
    async () => {
      const elsewhere = await serve();
      const server = await serve(files, { elsewhere: elsewhere.url });
      using machine = createMachine();
      const url = server.faulty("to-elsewhere").replace("//", "//me:hush@");

      const { status, stdout, stderr } = await machine.install({
        downloader,
        environment: at(url),
      });

      if (downloader === "busybox wget") {
        expect(stderr).toContain(
          "this wget would tell your login to whomever the mirror redirects to",
        );
        return expect(server.requests).toEqual([]);
      }
      expect(status).toBe(0);
      expect(server.requests[0]?.headers["authorization"]).toBe(`Basic ${btoa("me:hush")}`);
      expect(elsewhere.requests.map(({ headers }) => headers["authorization"])).toEqual([
        undefined,
      ]);
      expect(stdout + stderr).not.toContain("hush");
    },
  );

  testDownload(
    "another release is believed by its own checksums.txt, and the script says so",
    async () => {
      const other = await packArchive(fakeProgram("v1.2.3"));
      const server = await serve(
        releaseFiles("v1.2.3", { [ASSET.replace(VERSION, "v1.2.3")]: other }),
      );
      using machine = createMachine();

      for (const asked of ["v1.2.3", "1.2.3"]) {
        const { status, stdout } = await machine.install({
          downloader,
          environment: { ...at(server.url), STIGMER_VERSION: asked },
        });

        expect(status).toBe(0);
        expect(stdout).toContain("version    v1.2.3");
        expect(stdout).toContain(`the digest is the one of ${server.url}/v1.2.3/checksums.txt`);
      }
    },
  );

  testDownload("an archive that is not what checksums.txt says is refused", async () => {
    const name = ASSET.replace(VERSION, "v1.2.3");
    const honest = releaseFiles("v1.2.3", { [name]: archive });
    const server = await serve(
      new Map([...honest, [`/v1.2.3/${name}`, Buffer.from("something else")]]),
    );
    using machine = createMachine();

    const { status, stderr } = await machine.install({
      downloader,
      environment: { ...at(server.url), STIGMER_VERSION: "v1.2.3" },
    });

    expect(status).toBe(1);
    expect(stderr).toContain(`not ${digest}`);
    expectUntouched(machine);
  });
});

describe("certificates", () => {
  const folder = mkdtempSync(join(tmpdir(), "stigmer-authority-"));
  const authority = createPrivateAuthority(folder);
  if (!authority) console.warn("skipped: there is no openssl to make certificates with");
  const strict = downloaders.filter((name) => name !== "busybox wget");

  test.skipIf(!authority || !canDownload).each(strict)(
    "with %s, an unknown authority is refused at once",
    async (downloader) => {
      const server = await serve(files, { tls: authority?.tls });
      using machine = createMachine();

      const { status, stderr } = await machine.install({ downloader, environment: at(server.url) });

      expect(status).toBe(1);
      expect(stderr).toContain("hint: name the certificate of your authority in CURL_CA_BUNDLE");
      expect(stderr).not.toMatch(/insecure|no-check/);
      expect(machine.waits()).toEqual([]);
      expectUntouched(machine);
    },
  );

  test
    .skipIf(!authority || !canDownload)
    .each(
      strict.flatMap((name) => [
        [name, "CURL_CA_BUNDLE"] as const,
        [name, "SSL_CERT_FILE"] as const,
      ]),
    )("with %s, %s names one", async (downloader, variable) => {
    const server = await serve(files, { tls: authority?.tls });
    using machine = createMachine();

    const { status } = await machine.install({
      downloader,
      environment: { ...at(server.url), [variable]: authority?.caPath ?? "" },
    });

    expect(status).toBe(0);
    expectInstalled(machine.place);
  });

  test.skipIf(!authority || !canDownload).each(strict)(
    "with %s, a mirror with https leads to no address without it when digests are asked for",
    async (downloader) => {
      const other = releaseFiles("v1.2.3", { [ASSET.replace(VERSION, "v1.2.3")]: archive });
      const plain = await serve(other);
      const server = await serve(other, { elsewhere: plain.url, tls: authority?.tls });
      using machine = createMachine();

      const { status, stderr } = await machine.install({
        downloader,
        environment: {
          ...at(server.faulty("to-elsewhere")),
          STIGMER_VERSION: "v1.2.3",
          CURL_CA_BUNDLE: authority?.caPath ?? "",
        },
      });

      expect(status).toBe(1);
      expect(stderr).toMatch(/redirected in vain|led to an address without https/);
      expectUntouched(machine);
    },
  );

  test.skipIf(!authority || !canDownload).each(strict)(
    "with %s, a proxy is asked, but not for loopback",
    async (downloader) => {
      const server = await serve(files, { tls: authority?.tls });
      const plain = await serve();
      const proxy = await startForwardProxy({ port: Number(new URL(server.url).port) });
      whenDone(() => proxy.stop());
      using machine = createMachine();
      const ways = {
        HTTPS_PROXY: proxy.url,
        http_proxy: proxy.url,
        CURL_CA_BUNDLE: authority?.caPath ?? "",
      };

      const far = await machine.install({
        downloader,
        environment: { ...at("https://mirror.example"), ...ways },
      });
      const near = await machine.install({
        downloader,
        environment: { ...at(plain.url), ...ways },
      });

      expect([far.status, near.status]).toEqual([0, 0]);
      expect(proxy.targets).toEqual(["mirror.example:443"]);
    },
  );

  test.skipIf(!authority || !canDownload)("a proxy that wants a login is named", async () => {
    const proxy = await startForwardProxy({ port: 9, status: 407 });
    whenDone(() => proxy.stop());
    using machine = createMachine();

    const { status, stderr } = await machine.install({
      environment: { ...at("https://mirror.example"), https_proxy: proxy.url },
    });

    expect(status).toBe(1);
    expect(stderr).toContain(
      "the proxy wants to know who asks\nhint: put user:password@ into https_proxy",
    );
  });
});

testScript("a folder is a mirror too", async () => {
  using machine = createMachine();
  const folder = join(machine.home, "usb stick");
  mkdirSync(join(folder, VERSION), { recursive: true });
  writeFileSync(join(folder, VERSION, ASSET), archive);

  for (const path of [folder, folder.replaceAll(" ", "%20")]) {
    const { status } = await machine.install({
      downloader: "none",
      environment: at(`file://${path}`),
    });

    expect(status).toBe(0);
    expectInstalled(machine.place);
    rmSync(machine.place, { recursive: true });
  }
  const missing = await machine.install({ environment: at("file:///nowhere") });
  expect(missing.stderr).toContain(`cannot download file:///nowhere/${VERSION}/${ASSET}: `);
  expect(missing.status).toBe(1);
});

function hasTimeLimit(program: string): boolean {
  if (Bun.which(program) === null) return false;
  return Bun.spawnSync([program, "wget", "--help"]).stderr.toString().includes("-T");
}
