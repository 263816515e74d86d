import { expect, test } from "bun:test";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { places } from "../../src/build/places.ts";
import { parsePublicKey, parseSecretKey } from "../../src/build/release/minisign.ts";
import { type Outcome, run, scratchFolder } from "../multicall/compiled.ts";

test.each([
  ["no version", {}, "a release needs a version", "make release-assets VERSION=v1.2.3"],
  [
    "no real version",
    { VERSION: "1.2" },
    'VERSION is "1.2", which is not a version',
    "write it like v1.2.3",
  ],
  [
    "a target that is not there",
    { VERSION: "v1.2.3", TARGETS: "linux-arm46" },
    'there is no target "linux-arm46"',
    "did you mean linux-arm64?",
  ],
])("release-assets with %s is told in a sentence", async (_what, environment, message, hint) => {
  const outcome = await build("release-assets.ts", [], environment);

  expect(outcome).toMatchObject({
    status: 2,
    stdout: "",
    stderr: `error: ${message}\nhint: ${hint}\n`,
  });
});

test("release-assets with a key that cannot be read, or is none, names it", async () => {
  using folder = scratchFolder();
  const [missing, wrong] = [join(folder.path, "missing.key"), join(folder.path, "wrong.key")];
  writeFileSync(wrong, "hello\n");

  const outcomes = [
    await build("release-assets.ts", [], { VERSION: "v1.2.3", SIGNING_KEY: missing }),
    await build("release-assets.ts", [], { VERSION: "v1.2.3", SIGNING_KEY: wrong }),
  ];

  expect(outcomes.map(({ status }) => status)).toEqual([3, 2]);
  expect(outcomes[0]?.stderr).toStartWith(`error: the key ${missing} cannot be read\nhint: `);
  expect(outcomes[1]?.stderr).toStartWith(
    `error: ${wrong} is not a secret key of minisign\nhint: `,
  );
});

test("release-key makes a pair whose secret half is for its owner alone, and never writes over a key", async () => {
  using folder = scratchFolder();
  const [secret, publicKey] = [join(folder.path, "secret.key"), join(folder.path, "release.pub")];

  const made = await build("release-key.ts", [secret, publicKey]);
  const text = readFileSync(secret, "utf8");
  const sameSecret = await build("release-key.ts", [secret, `${publicKey}.other`]);
  const samePublic = await build("release-key.ts", [`${secret}.other`, publicKey]);

  expect(made).toMatchObject({ status: 0, stderr: "" });
  expect(made.stdout).not.toContain(text.split("\n")[1]);
  expect(statSync(secret).mode & 0o777).toBe(0o600);
  expect(parseSecretKey(text, secret).publicKey).toBe(
    parsePublicKey(readFileSync(publicKey, "utf8"), publicKey),
  );
  expect(sameSecret.stderr).toStartWith("error: the secret key cannot be written: EEXIST");
  expect(samePublic.stderr).toStartWith(`error: ${publicKey} is there already\n`);
  expect([sameSecret.status, samePublic.status]).toEqual([1, 1]);
  expect(readFileSync(secret, "utf8")).toBe(text);
  expect(existsSync(`${secret}.other`)).toBe(false);
});

test("release-key without a place is told how it is called", async () => {
  expect(await build("release-key.ts", [""])).toMatchObject({
    status: 2,
    stderr:
      "error: the secret key needs a place\nhint: make release-key SECRET=/safe/place/stigmer.key\n",
  });
});

async function build(
  step: string,
  args: string[],
  environment: Record<string, string> = {},
): Promise<Outcome> {
  using folder = scratchFolder();
  const command = [process.execPath, join(places.root, "src/build", step), ...args];
  return await run(command, { home: folder.path, cwd: places.root, environment });
}
