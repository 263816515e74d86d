import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { target } from "../../src/base/build-info.ts";
import { sha256Hex } from "../../src/base/sha256.ts";
import { type Outcome, releases, run } from "../multicall/compiled.ts";
import { damagedBinary } from "./damaged-binary.ts";
import { startForwardProxy } from "./forward-proxy.ts";
import { createPrivateAuthority } from "./private-authority.ts";
import { releaseFiles } from "./release-files.ts";
import { type ReleaseServer, startReleaseServer } from "./release-server.ts";
import { type Ground, ground } from "./started-server.ts";

// Waits between tries are the product's own, so the tests of this file pass beside each other.
const SLOW_MS = 120_000;
const { version, runner } = releases.old;
const good = readFileSync(runner);
const digest = sha256Hex(good);
const half = Math.floor(good.length / 2);
const asset = `agent-runner-${version}-${target}`;
const binary = damagedBinary();
const authorityFolder = mkdtempSync(join(tmpdir(), "stigmer-authority-"));
afterAll(() => rmSync(authorityFolder, { recursive: true, force: true }));
const authority = createPrivateAuthority(authorityFolder);
if (!authority) console.warn("skipped: without openssl there is no private authority to test with");

type Environment = Record<string, string>;
const publicFile = (place: Ground) => join(place.state, "bin/agent-runner");
const cached = (place: Ground, ending = "") =>
  join(place.state, "cache/downloads", `${digest}${ending}`);
const from = (base: string, more: Environment = {}): Environment => ({
  STIGMER_DOWNLOAD_BASE_URL: base,
  ...more,
});
const ask = (place: Ground, environment: Environment) =>
  place.stigmer(["agent-runner", "--version"], { binary, environment });

/** Only root may mount; a name space of its own keeps that from everybody else. */
const mayMount =
  process.platform === "linux" &&
  Bun.which("unshare") !== null &&
  Bun.spawnSync(["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]).success;
if (!mayMount) console.warn("skipped: this user may not mount a file system");

/** Asks in a name space where the script has mounted something. */
async function askWithin(
  place: Ground,
  script: string,
  environment: Environment,
): Promise<Outcome> {
  const command = `${script} && exec "$0" agent-runner --version`;
  return run(["unshare", "--mount", "sh", "-c", command, binary], {
    home: place.home,
    environment: { STIGMER_HOME: place.state, ...environment },
  });
}

/** All that a command writes to a terminal. */
async function onTerminal(
  place: Ground,
  words: readonly string[],
  environment: Environment,
): Promise<string> {
  let written = "";
  const decoder = new TextDecoder();
  const terminal = new Bun.Terminal({
    cols: 70,
    rows: 20,
    data: (_terminal, data) => void (written += decoder.decode(data, { stream: true })),
  });
  const child = Bun.spawn([binary, ...words], {
    cwd: place.home,
    env: {
      PATH: process.env["PATH"],
      HOME: place.home,
      STIGMER_HOME: place.state,
      TERM: "xterm-256color",
      ...environment,
    },
    terminal,
  });
  await child.exited;
  // What the process wrote last may still be on its way through the terminal.
  await Bun.sleep(50);
  terminal.close();
  return written;
}

interface Mirror extends ReleaseServer {
  readonly ranges: (string | undefined)[];
  [Symbol.asyncDispose](): Promise<void>;
}

async function mirror(
  options: Partial<Parameters<typeof startReleaseServer>[0]> = {},
): Promise<Mirror> {
  const server = await startReleaseServer({
    files: releaseFiles(version, { [asset]: good }),
    ...options,
  });
  return {
    ...server,
    get ranges() {
      return server.requests.map(({ headers }) => headers["range"]);
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

function expectHealed(place: Ground, outcome: Outcome): void {
  expect(outcome).toMatchObject({ status: 0, stdout: `agent-runner ${version}\n` });
  expect(readFileSync(publicFile(place)).equals(good)).toBe(true);
  expect(readFileSync(cached(place)).equals(good)).toBe(true);
}

/** The sentence, its parts, the next step; and nothing at any path where somebody might run it. */
function expectRefused(place: Ground, outcome: Outcome, words: readonly string[]): void {
  expect(outcome).toMatchObject({ status: 1, stdout: "" });
  expect(outcome.stderr).toContain(`error: no good copy of agent-runner ${version} was found\n`);
  expect(outcome.stderr).toContain(`embedded: the binary ${binary} is damaged`);
  for (const word of words) expect(outcome.stderr).toContain(word);
  expect(outcome.stderr).toContain("hint: install stigmer again, or bring the file");
  expect(outcome.stderr).not.toContain("    at ");
  expectNothingInPlace(place);
}

function expectNothingInPlace(place: Ground): void {
  const runners = join(place.state, "runners");
  const names = existsSync(runners) ? readdirSync(runners) : [];
  expect(names.filter((name) => name !== ".lock")).toEqual([]);
  expect(existsSync(publicFile(place))).toBe(false);
  expect(existsSync(cached(place))).toBe(false);
}

/** One document or none, whatever happens: programs read it. */
function expectClean({ stdout }: Outcome): void {
  expect(stdout.trim().split("\n")).toHaveLength(1);
  if (stdout !== "") expect(() => JSON.parse(stdout)).not.toThrow();
}

const first = undefined;
const rest = `bytes=${half}-`;
/** Long enough for a machine with much else to do, short enough for a test. */
const PATIENCE = { STIGMER_DOWNLOAD_STALL: "3" };
const IMPATIENCE = { STIGMER_DOWNLOAD_STALL: "1.5" };

/** What a server may do wrong once; the next answer is right, or the answer itself can be used. */
const survived: [fault: string, ranges: (string | undefined)[], environment?: Environment][] = [
  ["ok", [first]],
  ["trickle", [first]],
  ["gzip", [first]],
  ["reset,ok", [first, rest]],
  ["cut,ok", [first, rest]],
  ["stall,ok", [first, rest], PATIENCE],
  ["slow-head,ok", [first, first], PATIENCE],
  ["weak-etag,ok", [first, first]],
  ["reset,no-range", [first, rest]],
  ["reset,new-etag", [first, rest]],
  ["reset,new-etag-206", [first, rest, first]],
  ["reset,range-off-by-one", [first, rest, first]],
  ["reset,416", [first, rest, first]],
  ["reset,gzip", [first, rest]],
  ["429:1,ok", [first, first]],
  ["503,ok", [first, first]],
];

describe.concurrent("a damaged binary heals although the mirror", () => {
  test.each(survived)(
    "does %s",
    async (fault, ranges, environment = {}) => {
      await using place = ground();
      await using server = await mirror();

      const outcome = await ask(place, from(server.faulty(fault), environment));

      expectHealed(place, outcome);
      expect(server.ranges).toEqual(ranges);
      expect(outcome.stderr).toContain("installed agent-runner");
    },
    SLOW_MS,
  );
});

const wrongSize = (bytes: number) => `wrong size: it has ${bytes} bytes, not ${good.length}`;

/** What no other try mends, and what five tries did not; how often the server was asked. */
const refused: [fault: string, words: string[], requests: number, environment?: Environment][] = [
  ["reset", ["network: the connection was cut", "(ECONNRESET) (after 5 tries)"], 5],
  ["stall", ["time-out: the next byte did not come within 1.5 s", "5 tries"], 5, IMPATIENCE],
  ["slow-head", ["time-out: an answer did not come within 1.5 s", "5 tries"], 5, IMPATIENCE],
  ["garbage", ["network: "], 5],
  ["length-short", [wrongSize(good.length - 7)], 1],
  ["length-long", [wrongSize(good.length * 2)], 1],
  ["endless", ["wrong size: it has more bytes than it should"], 1],
  ["flipped", ["wrong digest: it has SHA-256 ", `not ${digest}`, ".bad"], 1],
  ["loop", ["redirect: more than 5 redirects"], 6],
  ["to-file", ["redirect: ", "redirects to file:///etc/hostname"], 1],
  ["to-nowhere", ["redirect: ", "redirects to nowhere"], 1],
  ["401", ["refused: the server does not let us in (status 401)", "DOWNLOAD_AUTH_FILE"], 1],
  ["403", ["refused: the server does not let us in (status 403)", "DOWNLOAD_AUTH_FILE"], 1],
  ["404", ["not found: the server has no such file (status 404)"], 1],
  ["407", ["proxy: the proxy wants a user name and a password (status 407)"], 1],
  ["429", ["server: the server answered with status 429 (after 5 tries)"], 5],
  ["429:3600", ["status 429", "the server asks for 3600 s of patience"], 1],
  ["503", ["server: the server answered with status 503 (after 5 tries)"], 5],
  ["portal", ["captive portal: a web page came instead of the file", "log in"], 1],
  ["portal-plain", ["captive portal: "], 1],
  ["511", ["captive portal: "], 1],
];

describe.concurrent("a damaged binary ends in a sentence where the mirror", () => {
  test.each(refused)(
    "does %s",
    async (fault, words, requests, environment = {}) => {
      await using place = ground();
      await using other = ground();
      await using server = await mirror();
      await using twin = await mirror();
      const base = server.faulty(fault);

      const [outcome, inJson] = await Promise.all([
        ask(place, from(base, environment)),
        other.stigmer(["runner", "path", "--json"], {
          binary,
          environment: from(twin.faulty(fault), environment),
        }),
      ]);

      expectRefused(place, outcome, [`cannot download ${base}/${version}/${asset}: `, ...words]);
      expect(server.requests).toHaveLength(requests);
      expect(inJson.status).toBe(1);
      expectClean(inJson);
      expectNothingInPlace(other);
    },
    SLOW_MS,
  );
});

describe.skipIf(!mayMount).concurrent("a disk", () => {
  test.each([10, 50, 99])(
    "with room for %d percent of a download is one sentence, and nothing is asked for twice",
    async (percent) => {
      await using place = ground();
      await using server = await mirror();
      mkdirSync(place.state);
      const kibibytes = Math.floor((good.length * percent) / 100 / 1024);
      const script = `mount -t tmpfs -o size=${kibibytes}k none ${place.state}`;

      const outcome = await askWithin(place, script, from(server.url));

      expect(outcome).toMatchObject({ status: 1, stdout: "" });
      expect(outcome.stderr).toContain("disk: the disk is full: ");
      expect(outcome.stderr).toContain("(ENOSPC)");
      expect(outcome.stderr).not.toContain("    at ");
      expect(server.requests).toHaveLength(1);
    },
    SLOW_MS,
  );

  test(
    "that is read-only is one sentence, before anything is asked for",
    async () => {
      await using place = ground();
      await using server = await mirror();
      mkdirSync(place.state);

      const script = `mount -t tmpfs -o ro none ${place.state}`;
      const outcome = await askWithin(place, script, from(server.url));

      expect(outcome).toMatchObject({ status: 1, stdout: "" });
      expect(outcome.stderr).toContain("the file system is read-only");
      expect(server.requests).toEqual([]);
    },
    SLOW_MS,
  );
});

/** Waits until that much of the file has come. */
async function untilReceived(place: Ground, bytes: number): Promise<void> {
  while ((statSync(cached(place, ".part"), { throwIfNoEntry: false })?.size ?? 0) < bytes) {
    await Bun.sleep(10);
  }
}

/** A command that needs the runner, which comes half. */
function startStalled(place: Ground, server: ReleaseServer, verb: "start" | "restart") {
  return Bun.spawn([binary, "server", verb, "--port", "0"], {
    cwd: place.home,
    env: {
      PATH: process.env["PATH"],
      HOME: place.home,
      STIGMER_HOME: place.state,
      ...from(server.faulty("stall")),
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

/** Leaves half of the file behind, as a machine that loses its power does. */
async function cutOff(place: Ground, base: string): Promise<void> {
  const child = Bun.spawn([binary, "agent-runner", "--version"], {
    cwd: place.home,
    env: { PATH: process.env["PATH"], HOME: place.home, STIGMER_HOME: place.state, ...from(base) },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  await untilReceived(place, half);
  child.kill("SIGKILL");
  await child.exited;
}

describe.concurrent("what an earlier start left", () => {
  test(
    "is continued after kill -9",
    async () => {
      await using place = ground();
      await using server = await mirror();
      const base = server.faulty("stall", "ok");
      await cutOff(place, base);
      expectNothingInPlace(place);

      const outcome = await ask(place, from(base));

      expectHealed(place, outcome);
      expect(server.ranges).toEqual([undefined, rest]);
      expect(outcome.stderr).toContain("resumed at");
    },
    SLOW_MS,
  );

  test(
    "is thrown away when it is poisoned",
    async () => {
      await using place = ground();
      await using server = await mirror();
      const base = server.faulty("stall", "ok");
      await cutOff(place, base);
      const poisoned = readFileSync(cached(place, ".part"));
      poisoned[100] = (poisoned[100] ?? 0) ^ 1;
      writeFileSync(cached(place, ".part"), poisoned);

      const outcome = await ask(place, from(base));

      expectHealed(place, outcome);
      expect(server.ranges).toEqual([undefined, rest, undefined]);
    },
    SLOW_MS,
  );

  test(
    "is taken without the network when it is whole, and fetched again when it is not",
    async () => {
      await using place = ground();
      await using server = await mirror();
      mkdirSync(join(place.state, "cache/downloads"), { recursive: true, mode: 0o700 });
      writeFileSync(cached(place), good);

      const offline = await ask(place, { STIGMER_OFFLINE: "1" });
      rmSync(join(place.state, "runners"), { recursive: true });
      const wrong = Buffer.from(good);
      wrong[7] = (wrong[7] ?? 0) ^ 1;
      writeFileSync(cached(place), wrong);
      const outcome = await ask(place, from(server.url));

      expectHealed(place, offline);
      expect(offline.stderr).toContain("(cache)");
      expectHealed(place, outcome);
      expect(outcome.stderr).toContain("cache: has SHA-256 ");
      expect(outcome.stderr).toContain("(download)");
    },
    SLOW_MS,
  );
});

describe.concurrent("the way to the mirror", () => {
  test(
    "that is down is named, and nobody else is asked in its place",
    async () => {
      await using place = ground();
      const server = await mirror();
      await server.stop();
      const proxy = await startForwardProxy({ port: 1 });
      const environment = from(server.url, { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url });

      const outcome = await ask(place, environment);
      await proxy.stop();

      expectRefused(place, outcome, ["nobody answers at that address (ECONNREFUSED)", "5 tries"]);
      expect(outcome.stderr).not.toContain("github.com");
      expect(proxy.targets).toEqual([]);
    },
    SLOW_MS,
  );

  test(
    "may be a folder; one that lacks the file is named",
    async () => {
      await using place = ground();
      const folder = join(place.home, "mirror");
      mkdirSync(folder);

      const outcome = await ask(place, from(`file://${folder}`));
      expectRefused(place, outcome, ["not found: ", join(folder, version, asset)]);
      await Bun.write(join(folder, version, asset), good);
      const healed = await ask(place, from(`file://${folder}`));

      expectHealed(place, healed);
    },
    SLOW_MS,
  );

  test.each([["STIGMER_OFFLINE"], ["--offline"]])(
    "that %s forbids is not taken, and the file, its address and its place are named",
    async (how) => {
      await using place = ground();
      await using server = await mirror();
      const environment = from(server.url, how === "--offline" ? {} : { [how]: "1" });
      const flag = how === "--offline" ? [how] : [];

      const outcome = await place.stigmer(["runner", "path", ...flag], { binary, environment });

      expectRefused(place, outcome, [
        `offline: ${server.url}/${version}/${asset} (${good.length} bytes) is needed`,
        `put it at ${cached(place)}`,
      ]);
      expect(server.requests).toEqual([]);
    },
    SLOW_MS,
  );

  test(
    "that is forbidden ends `stigmer server` at once, with every reason and what to do",
    async () => {
      await using place = ground({ STIGMER_OFFLINE: "1" });

      const outcome = await place.stigmer(["server", "--port", "0"], { binary });
      const foreground = ["server", "--port", "0", "--foreground"];
      const ofService = await place.stigmer(foreground, { binary });

      expect(outcome.stderr).toContain(`  embedded: the binary ${binary} is damaged\n`);
      // Here a log is all there is, and its reader is shown one sentence.
      expect(ofService.stderr).toContain(`(embedded: the binary ${binary} is damaged)`);
      for (const { status, stdout, stderr } of [outcome, ofService]) {
        expect([status, stdout]).toEqual([1, ""]);
        expect(stderr).toContain(`/${version}/${asset} (${good.length} bytes) is needed`);
        expect(stderr).toContain(`put it at ${cached(place)}`);
        expect(stderr).toContain("stigmer runner install --from FILE");
      }
      expectNothingInPlace(place);
    },
    SLOW_MS,
  );

  test.each([[[]], [["--json"]]])(
    "is shown by a start of the server %p too, which finds the runner there",
    async (flags) => {
      await using place = ground();
      await using server = await mirror();
      const environment = from(server.faulty("trickle"));
      const words = ["server", "--port", "0", ...flags];

      const started = await place.stigmer(words, { binary, environment });

      expect(started.status).toBe(0);
      expect(started.stderr).toMatch(/^downloaded \d+ % of 1\.\d MB$/m);
      expect(started.stderr).toMatch(/^installed agent-runner .* \(download\) in /m);
      if (flags.length > 0) expectClean(started);
      expect(server.requests).toHaveLength(1);
    },
    SLOW_MS,
  );

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "is left by a start of the server on %s, and what came is kept",
    async (signal, exitStatus) => {
      await using place = ground();
      await using server = await mirror();
      const starter = startStalled(place, server, "start");
      await untilReceived(place, half);

      starter.kill(signal);
      const [out, err] = await Promise.all([starter.stdout.text(), starter.stderr.text()]);

      expect([await starter.exited, out]).toEqual([exitStatus, ""]);
      expect(err).toEndWith("warning: the start was called off: what it had started is stopped\n");
      expect((await place.stigmer(["server", "status"], { binary })).status).toBe(3);
      expect(readFileSync(cached(place, ".part"))).toHaveLength(half);
      expectNothingInPlace(place);
    },
    SLOW_MS,
  );

  test(
    "is left by a restart on SIGINT before anything was stopped",
    async () => {
      await using place = ground();
      await using server = await mirror();
      await place.stigmer(["server", "--port", "0"], { binary: releases.old.binary });
      const { pid } = await place.status();
      rmSync(join(place.state, "runners"), { recursive: true });
      const restarter = startStalled(place, server, "restart");
      await untilReceived(place, half);

      restarter.kill("SIGINT");
      const err = await restarter.stderr.text();

      expect(await restarter.exited).toBe(130);
      expect(err).toEndWith("warning: the restart was called off: nothing was stopped\n");
      expect((await place.status()).pid).toBe(pid);
    },
    SLOW_MS,
  );

  test(
    "shows how far it is: a line for each tenth where no one looks at a screen",
    async () => {
      await using place = ground();
      await using server = await mirror();

      const { stderr } = await ask(place, from(server.faulty("trickle")));
      const tenths = [...stderr.matchAll(/^downloaded (\d+) % of 1\.\d MB$/gm)].map(([, percent]) =>
        Math.floor(Number(percent) / 10),
      );

      // A busy machine may take in more than a tenth at once, but none is told twice.
      expect(tenths).toEqual([...new Set(tenths)].toSorted((one, other) => one - other));
      expect([tenths[0], tenths.at(-1)]).toEqual([0, 10]);
      expect(tenths.length).toBeGreaterThan(2);
    },
    SLOW_MS,
  );

  test.each(["runner path", "server --port 0"])(
    "shows how far it is: a bar of `%s` on a terminal, which is gone at the end",
    async (words) => {
      await using place = ground();
      await using server = await mirror();

      const written = await onTerminal(place, words.split(" "), from(server.faulty("trickle")));

      expect(written).toContain("\r\u001B[K[==");
      expect(written).toMatch(/=+ +\] +\d+ % of 1\.\d MB/);
      expect(written).not.toContain("downloaded ");
      expect(written.slice(written.lastIndexOf("\u001B[K"))).not.toContain("%");
      expect(written).toContain("installed agent-runner");
    },
    SLOW_MS,
  );

  test(
    "by `runner install --from URL` is as careful",
    async () => {
      await using place = ground();
      await using server = await mirror();
      const install = (base: string, ...flags: string[]) =>
        place.stigmer(["runner", "install", "--from", `${base}/${version}/${asset}`, ...flags], {
          binary,
        });

      const wrong = await install(server.faulty("flipped"));
      const offline = await install(server.url, "--offline");
      expectNothingInPlace(place);
      const right = await install(server.faulty("reset", "ok"), "--json");

      expect(wrong).toMatchObject({ status: 1, stdout: "" });
      expect(wrong.stderr).toContain("wrong digest: it has SHA-256 ");
      expect(offline.status).toBe(5);
      expect(offline.stderr).toContain("--offline forbids to fetch it");
      expect(right.status).toBe(0);
      expect(JSON.parse(right.stdout)).toMatchObject({ version, sha256: digest, source: "file" });
      expect(right.stderr).toContain("downloaded 100 %");
    },
    SLOW_MS,
  );

  test(
    "knows a secret, and nobody else hears of it",
    async () => {
      await using place = ground();
      await using elsewhere = await mirror();
      await using server = await mirror({ elsewhere: elsewhere.url });
      const file = join(place.home, "auth");
      writeFileSync(file, "Authorization: Bearer hush-hush\n");
      chmodSync(file, 0o600);
      const withFile = { STIGMER_DOWNLOAD_AUTH_FILE: file };
      const withUser = server.faulty("403").replace("//", "//robot:hush-hush@");

      const refusal = await ask(place, from(server.faulty("401"), withFile));
      const inAddress = await ask(place, from(withUser));
      const healed = await ask(place, from(server.faulty("to-elsewhere"), withFile));

      const heard = server.requests.map(({ headers }) => headers["authorization"]);
      const login = `Basic ${btoa("robot:hush-hush")}`;
      expect(heard).toEqual(["Bearer hush-hush", login, "Bearer hush-hush"]);
      expect(elsewhere.requests.map(({ headers }) => headers["authorization"])).toEqual([
        undefined,
      ]);
      for (const { stderr } of [refusal, inAddress, healed]) expect(stderr).not.toContain("hush");
      expect(inAddress.stderr).not.toContain("robot");
      expectHealed(place, healed);
    },
    SLOW_MS,
  );

  test.each(["soon", "0", "-1"])("is not waited for %s seconds", async (text) => {
    await using place = ground();

    const outcome = await ask(place, { STIGMER_DOWNLOAD_STALL: text });

    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain(
      `download: STIGMER_DOWNLOAD_STALL is "${text}", which is no number of seconds\n  download: write it like STIGMER_DOWNLOAD_STALL=30`,
    );
  });
});

describe.skipIf(!authority).concurrent("a mirror with a private authority", () => {
  const { caPath, tls } = authority ?? { caPath: "", tls: { key: "", cert: "" } };

  test.each([[{}], [{ NODE_TLS_REJECT_UNAUTHORIZED: "0" }]])(
    "is not trusted with %j, and not asked twice",
    async (environment) => {
      await using place = ground();
      await using server = await mirror({ tls });

      const outcome = await ask(place, from(server.url, environment));

      expectRefused(place, outcome, [
        "TLS: the server cannot be trusted (",
        "NODE_EXTRA_CA_CERTS or SSL_CERT_FILE",
      ]);
      expect(server.requests).toEqual([]);
    },
    SLOW_MS,
  );

  test.each(["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"])(
    "is trusted by way of %s",
    async (name) => {
      await using place = ground();
      await using server = await mirror({ tls });

      expectHealed(place, await ask(place, from(server.url, { [name]: caPath })));
    },
    SLOW_MS,
  );

  test(
    "is trusted where the system's store has it",
    async () => {
      await using place = ground();
      await using server = await mirror({ tls });
      const store = join(place.home, "certs");
      mkdirSync(store);
      writeFileSync(join(store, "company.pem"), readFileSync(caPath));

      expectHealed(place, await ask(place, from(server.url, { SSL_CERT_DIR: store })));
    },
    SLOW_MS,
  );

  test.skipIf(!mayMount)(
    "is trusted where a person put it into the folder of the system's store",
    async () => {
      await using place = ground();
      await using server = await mirror({ tls });
      const script = `mount -t tmpfs none /etc/ssl/certs && cp ${caPath} /etc/ssl/certs/company.pem`;

      const outcome = await askWithin(place, script, from(server.url));

      expectHealed(place, outcome);
    },
    SLOW_MS,
  );

  test(
    "may not lead to plain http",
    async () => {
      await using place = ground();
      await using server = await mirror({ tls });

      const outcome = await ask(place, from(server.faulty("to-http"), { SSL_CERT_FILE: caPath }));

      expectRefused(place, outcome, ["redirects to http://mirror.example/", "stay encrypted"]);
    },
    SLOW_MS,
  );

  test(
    "is reached through a proxy; one on loopback and one in NO_PROXY never is",
    async () => {
      await using place = ground();
      await using server = await mirror({ tls });
      const proxy = await startForwardProxy({ port: Number(new URL(server.url).port) });
      const environment = {
        SSL_CERT_FILE: caPath,
        HTTPS_PROXY: proxy.url.replace("//", "//me:hush@"),
        HTTP_PROXY: "http://127.0.0.1:1",
      };

      const through = await ask(place, from("https://mirror.example", environment));
      rmSync(join(place.state, "runners"), { recursive: true });
      rmSync(cached(place));
      const direct = await ask(place, from(server.url, environment));
      await proxy.stop();

      expectHealed(place, through);
      expect(direct.status).toBe(0);
      expect(proxy.targets).toEqual(["mirror.example:443"]);
      expect(proxy.logins).toEqual([`Basic ${btoa("me:hush")}`]);
    },
    SLOW_MS,
  );

  test(
    "behind a proxy that wants a login is not reached, and no password is shown",
    async () => {
      await using place = ground();
      const proxy = await startForwardProxy({ port: 1, status: 407 });
      const HTTPS_PROXY = proxy.url.replace("//", "//me:hush@");

      const outcome = await ask(place, from("https://mirror.example", { HTTPS_PROXY }));
      await proxy.stop();

      expectRefused(place, outcome, [
        "proxy: the proxy wants a user name and a password (status 407)",
        `(through the proxy ${proxy.url}/)`,
      ]);
      expect(outcome.stderr).not.toContain("hush");
    },
    SLOW_MS,
  );
});
