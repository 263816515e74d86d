import { afterAll, afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { childEnvironment, keepLoopbackDirect } from "../../src/base/process-environment.ts";
import { downloadFile } from "../../src/release/download/download.ts";
import {
  assetUrl,
  bytes,
  createWorkplace,
  failureOf,
  files,
  type Workplace,
} from "./download-fixture.ts";
import { type ForwardProxy, startForwardProxy } from "./forward-proxy.ts";
import { createPrivateAuthority } from "./private-authority.ts";
import { type ReleaseServer, startReleaseServer } from "./release-server.ts";

const authorityFolder = mkdtempSync(join(tmpdir(), "stigmer-authority-"));
afterAll(() => rmSync(authorityFolder, { recursive: true, force: true }));
const authority = createPrivateAuthority(authorityFolder);
if (!authority) console.warn("skipped: without openssl there is no private authority to test with");

/** Where the operating system's own certificates count, they must not decide a test. */
const NO_RETRY = { attemptsMax: 1 };

let place: Workplace;
const open: { stop(): Promise<void> }[] = [];
beforeEach(() => {
  place = createWorkplace();
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.stop();
  place.remove();
});

async function startServer(
  options: Omit<Parameters<typeof startReleaseServer>[0], "files"> = {},
): Promise<ReleaseServer> {
  const server = await startReleaseServer({ files, ...options });
  open.push(server);
  return server;
}

async function startProxy(options: { port: number; status?: number }): Promise<ForwardProxy> {
  const proxy = await startForwardProxy(options);
  open.push(proxy);
  return proxy;
}

const portOf = (server: ReleaseServer) => Number(new URL(server.url).port);
const isWhole = (path: string) => Buffer.from(readFileSync(path)).equals(bytes);

describe.skipIf(!authority)("a mirror with a private authority", () => {
  const { caPath, tls } = authority ?? { caPath: "", tls: { key: "", cert: "" } };

  test("is not trusted, and not asked twice", async () => {
    const server = await startServer({ tls });

    const download = downloadFile(place.request(assetUrl(server.url)));

    const error = await failureOf(download);
    expect(error.message).toMatch(/TLS: the server cannot be trusted \([A-Z_]+\)$/);
    expect(error.hint).toContain("NODE_EXTRA_CA_CERTS or SSL_CERT_FILE");
    expect(server.requests).toEqual([]);
    expect(place.waits).toEqual([]);
  });

  test.each(["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"])("is trusted by way of %s", async (name) => {
    const server = await startServer({ tls });

    const path = await downloadFile(
      place.request(assetUrl(server.url), { environment: { [name]: caPath } }),
    );

    expect(isWhole(path)).toBe(true);
  });

  test("is trusted although the file holds another certificate that is damaged", async () => {
    const server = await startServer({ tls });
    const bundle = join(place.root, "bundle.pem");
    const damaged = "-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n";
    writeFileSync(bundle, damaged + readFileSync(caPath, "utf8"));

    const path = await downloadFile(
      place.request(assetUrl(server.url), { environment: { SSL_CERT_FILE: bundle } }),
    );

    expect(isWhole(path)).toBe(true);
  });

  test("stays untrusted with NODE_TLS_REJECT_UNAUTHORIZED=0", async () => {
    const server = await startServer({ tls });
    const child = startChild(place, assetUrl(server.url), { NODE_TLS_REJECT_UNAUTHORIZED: "0" });

    expect(await child.stderr.text()).toContain("TLS: the server cannot be trusted");
    expect(await child.exited).toBe(1);
  });

  test("is not trusted by way of a file that is missing, and the hint says so", async () => {
    const server = await startServer({ tls });

    const download = downloadFile(
      place.request(assetUrl(server.url), { environment: { SSL_CERT_FILE: "/nowhere/ca.pem" } }),
    );

    expect((await failureOf(download)).hint).toContain(
      "SSL_CERT_FILE names /nowhere/ca.pem, which cannot be read (ENOENT)",
    );
  });

  test("may not redirect to plain http, not even to loopback", async () => {
    const plain = await startServer();
    const server = await startServer({ tls, elsewhere: plain.url });
    const environment = { SSL_CERT_FILE: caPath };

    for (const fault of ["to-http", "to-elsewhere"]) {
      const download = downloadFile(place.request(assetUrl(server.faulty(fault)), { environment }));

      expect((await failureOf(download)).message).toMatch(/redirect: https:.* redirects to http:/);
    }
    expect(plain.requests).toEqual([]);
  });

  test("on the other side of a proxy is reached through it, and it stays between us and the mirror", async () => {
    const server = await startServer({ tls });
    const proxy = await startProxy({ port: portOf(server) });
    const environment = { SSL_CERT_FILE: caPath, HTTPS_PROXY: proxy.url.replace("//", "//me:pw@") };

    const path = await downloadFile(
      place.request(assetUrl("https://mirror.example"), { environment }),
    );

    expect(isWhole(path)).toBe(true);
    expect(proxy.targets).toEqual(["mirror.example:443"]);
    expect(proxy.logins).toEqual([`Basic ${btoa("me:pw")}`]);
  });

  test.each([
    [407, 1, "proxy: the proxy wants a user name and a password (status 407)"],
    [403, 1, "proxy: the proxy refused the connection (status 403)"],
    [503, 5, "proxy: the proxy refused the connection (status 503)"],
  ])("behind a proxy that answers %d is asked for %d times", async (status, requests, words) => {
    const proxy = await startProxy({ port: 1, status });
    const environment = { https_proxy: proxy.url.replace("//", "//me:hush@") };

    const download = downloadFile(
      place.request(assetUrl("https://mirror.example"), { environment }),
    );

    const { message } = await failureOf(download);
    expect(message).toContain(words);
    expect(message).toContain(`through the proxy ${proxy.url}/`);
    expect(message).not.toContain("hush");
    expect(proxy.targets).toHaveLength(requests);
  });
});

describe("a proxy", () => {
  test("takes a plain mirror that a person named", async () => {
    const server = await startServer();
    const proxy = await startProxy({ port: portOf(server) });
    const environment = {
      HTTP_PROXY: proxy.url,
      STIGMER_DOWNLOAD_BASE_URL: "http://mirror.example/stigmer",
    };

    const path = await downloadFile(
      place.request(assetUrl("http://mirror.example"), { environment }),
    );

    expect(isWhole(path)).toBe(true);
    expect(proxy.targets).toEqual([assetUrl("http://mirror.example")]);
  });

  test("never sees loopback", async () => {
    const server = await startServer();
    const proxy = await startProxy({ port: portOf(server) });
    const environment: Record<string, string | undefined> = { HTTP_PROXY: proxy.url };
    keepLoopbackDirect(environment);
    const child = startChild(place, assetUrl(server.url), definedOf(environment));

    expect(await child.stdout.text()).toContain(`done ${place.done}`);
    expect(proxy.targets).toEqual([]);
  });

  test("of the socks kind is named as what it is", async () => {
    const environment = { ALL_PROXY: "socks5://me:hush@127.0.0.1:1080" };

    const download = downloadFile(
      place.request(assetUrl("https://mirror.example"), { environment }),
    );

    const { message } = await failureOf(download);
    expect(message).toContain("proxy: socks5 proxies are not supported: socks5://127.0.0.1:1080");
    expect(message).not.toContain("hush");
    expect(place.waits).toEqual([]);
  });

  test("that is away is named in the message", async () => {
    const environment = { HTTPS_PROXY: "127.0.0.1:1" };

    const download = downloadFile(
      place.request(assetUrl("https://mirror.example"), { environment, limits: NO_RETRY }),
    );

    expect((await failureOf(download)).message).toContain(
      "nobody answers at that address (ECONNREFUSED) (through the proxy http://127.0.0.1:1/)",
    );
  });
});

test("a host that does not exist is named a network failure", async () => {
  const child = startChild(place, assetUrl("https://nowhere.invalid"), {});

  expect(await child.stderr.text()).toMatch(
    /network: the host name (?:is unknown|could not be looked up)/,
  );
});

function startChild(at: Workplace, url: string, environment: Record<string, string>) {
  const { sha256, sizeBytes, folder } = at.request(url);
  const request = JSON.stringify({ url, sha256, sizeBytes, folder, limits: NO_RETRY });
  const own = Object.entries(process.env).filter(([name]) => !/proxy/i.test(name));
  return Bun.spawn([process.execPath, join(import.meta.dir, "download-child.ts"), request], {
    env: childEnvironment({ ...Object.fromEntries(own), ...environment }),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

function definedOf(environment: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}
