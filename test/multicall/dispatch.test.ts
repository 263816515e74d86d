import { expect, test } from "bun:test";
import { copyFileSync, linkSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { areHere } from "../release/on-this-machine.ts";
import { binary, type Outcome, run, scratchFolder } from "./compiled.ts";

const RUNNER = /^agent-runner \S+\n$/;
const CLI = /^stigmer /;

/** Ways to call the one file; each tells by its answer to `version` or `--version` which program it became. */
const calls: [how: string, call: (folder: string) => Promise<Outcome>, answer: RegExp][] = [
  ["its own name", (home) => run([binary, "version"], { home }), CLI],
  ["a subcommand", (home) => run([binary, "agent-runner", "--version"], { home }), RUNNER],
  [
    "a symbolic link",
    (home) => {
      symlinkSync(binary, join(home, "stigmer-agent-runner"));
      return run([join(home, "stigmer-agent-runner"), "--version"], { home });
    },
    RUNNER,
  ],
  [
    "a relative symbolic link",
    (home) => {
      mkdirSync(join(home, "bin"));
      symlinkSync(binary, join(home, "stigmer"));
      symlinkSync("../stigmer", join(home, "bin/agent-runner"));
      return run(["bin/agent-runner", "--version"], { home });
    },
    RUNNER,
  ],
  [
    "a hard link",
    (home) => {
      link(home, "stigmer-agent-runner");
      return run([join(home, "stigmer-agent-runner"), "--version"], { home });
    },
    RUNNER,
  ],
  [
    "a look-up on the PATH",
    (home) => {
      symlinkSync(binary, join(home, "stigmer-agent-runner"));
      const environment = { PATH: `${home}:${process.env["PATH"]}` };
      return run(["sh", "-c", "stigmer-agent-runner --version"], { home, environment });
    },
    RUNNER,
  ],
  [
    "exec -a",
    (home) => run([binary, "--version"], { home, argv0: "stigmer-agent-runner" }),
    RUNNER,
  ],
  [
    "the dash of a login shell",
    (home) => run([binary, "--version"], { home, argv0: "-stigmer-agent-runner" }),
    RUNNER,
  ],
  [
    "the ending of Windows, in capitals",
    (home) => run([binary, "--version"], { home, argv0: "C:\\bin\\STIGMER-AGENT-RUNNER.EXE" }),
    RUNNER,
  ],
  [
    "a version in the name",
    (home) => {
      link(home, "stigmer-v1.2");
      return run([join(home, "stigmer-v1.2"), "version"], { home });
    },
    CLI,
  ],
  ["an unknown name", (home) => run([binary, "version"], { home, argv0: "toString" }), CLI],
  ["no name at all", (home) => run([binary, "version"], { home, argv0: "" }), CLI],
];

test.each(calls)("%s finds its program", async (_how, call, answer) => {
  using folder = scratchFolder();

  const { status, stdout } = await call(folder.path);

  expect(stdout).toMatch(answer);
  expect(status).toBe(0);
});

test("a part is found by its name and by its subcommand, and owns all arguments after it", async () => {
  using folder = scratchFolder();
  const home = folder.path;

  const byName = await run([binary, "--no-such-flag"], { home, argv0: "stigmer-workflow-runner" });
  const byWord = await run([binary, "internal-workflow-runner", "--no-such-flag"], { home });

  expect(byName.status).not.toBe(0);
  expect(byName).toEqual(byWord);
});

test("nothing in the working directory or the environment runs code in the binary or its runner", async () => {
  using folder = scratchFolder();
  const home = folder.path;
  const trap = join(home, "trap.ts");
  await Bun.write(trap, 'require("node:fs").writeFileSync("TRAPPED", ""); console.log("trapped");');
  await Bun.write(join(home, "bunfig.toml"), `preload = [${JSON.stringify(trap)}]\n`);
  await Bun.write(join(home, ".env"), "STIGMER_HOME=/nowhere\nBUN_OPTIONS=--preload=./trap.ts\n");
  await Bun.write(join(home, "tsconfig.json"), '{"extends": "./missing.json"}');
  await Bun.write(join(home, "package.json"), "{ not json");

  const version = await run([binary, "version"], { home });
  const runner = await run([binary, "agent-runner", "--version"], {
    home,
    environment: { NODE_OPTIONS: `--require ${trap}` },
  });

  expect(version.stdout).toMatch(CLI);
  expect(runner.stdout).toMatch(RUNNER);
  expect(await Bun.file(join(home, "TRAPPED")).exists()).toBe(false);
});

test.skipIf(!areHere("bash"))("a reader that has seen enough is no error", async () => {
  using folder = scratchFolder();
  const home = folder.path;

  const piped = await run(["bash", "-c", `set -o pipefail; ${binary} --help | head -1`], { home });

  expect(piped.stdout).not.toBe("");
  expect(piped.stderr).toBe("");
});

test("a mistake is a sentence on stderr, exit 2, and no stack", async () => {
  using folder = scratchFolder();

  const { status, stdout, stderr } = await run([binary, "serve"], { home: folder.path });

  expect(status).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toStartWith('error: unknown command "serve"');
  expect(stderr).not.toContain("    at ");
});

/** A hard link where the file system allows one, else a copy. */
function link(folder: string, name: string): void {
  try {
    linkSync(binary, join(folder, name));
  } catch {
    copyFileSync(binary, join(folder, name));
  }
}
