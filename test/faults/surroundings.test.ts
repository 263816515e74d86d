import { describe, expect, test } from "bun:test";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";

import { binary, run } from "../multicall/compiled.ts";
import { damagedBinary } from "./damaged-binary.ts";
import { environmentOf, type Ground, ground, pidsOf } from "./started-server.ts";

const SLOW_MS = 120_000;
const WORKFLOW = `document: {dsl: 1.0.0, namespace: default, name: hello, version: 1.0.0}
do:
  - greet: {set: {hello: world}}
`;

/** What can be the first words that a home ever sees, and how that ends where nothing is there yet. */
const firsts: [words: string, status: number][] = [
  ["version", 0],
  ["validate -f wf.yaml", 0],
  ["exec -f wf.yaml", 0],
  ["config list", 0],
  ["config path", 0],
  ["config get server.port", 0],
  ["config set llm.provider ollama", 0],
  ["server --port 0", 0],
  ["server status", 3],
  ["server stop", 0],
  ["server logs", 0],
  // Without systemd nothing can keep a service.
  ["service status", process.platform === "linux" && !Bun.which("systemctl") ? 1 : 3],
  ["runner path", 0],
  ["runner list", 0],
  ["runner verify", 0],
  ["runner prune", 0],
  ["runner reset", 0],
  ["runner rollback", 3],
  ["runner export copy", 0],
  ["runner install --from nowhere", 3],
  ["list agents", 5],
  ["get agent x", 5],
  ["delete agent x", 5],
  ["apply -f wf.yaml", 5],
  ["run x", 5],
  ["runs list", 5],
  ["nonsense", 2],
];

describe.concurrent("as the first command of a home", () => {
  test.each(firsts)(
    "`%s --json` prints one document, or none when it failed",
    async (words, status) => {
      // Nobody listens there, also where a server of somebody else runs on this machine.
      await using place = ground({ STIGMER_SERVER_PORT: "9" });
      writeFileSync(join(place.home, "wf.yaml"), WORKFLOW);

      const outcome = await place.stigmer([...words.split(" "), "--json"]);

      expect(outcome.status).toBe(status);
      expectOneDocument(outcome.stdout, { mayBeNone: status !== 0 });
    },
    SLOW_MS,
  );

  test.each(["server --port 0", "runner path", "runner reset", "runner export copy"])(
    "`%s --json` of a damaged binary without a network prints one document, or none",
    async (words) => {
      await using place = ground({ STIGMER_OFFLINE: "1", STIGMER_SERVER_PORT: "9" });
      const environment = { STIGMER_LLM_PROVIDER: "ollama" };
      const args = [
        ...words.split(" "),
        "--json",
        ...(words.startsWith("server") ? ["--timeout", "5"] : []),
      ];

      const outcome = await place.stigmer(args, { binary: damagedBinary(), environment });

      expect(outcome.status).not.toBe(0);
      expectOneDocument(outcome.stdout, { mayBeNone: true });
      expect(existsSync(join(place.state, "bin/agent-runner"))).toBe(false);
    },
    SLOW_MS,
  );
});

function expectOneDocument(text: string, { mayBeNone }: { mayBeNone: boolean }): void {
  if (mayBeNone && text === "") return;
  expect(text).toEndWith("\n");
  expect(() => JSON.parse(text)).not.toThrow();
}

/** A program that leaves a line where it is run, so that whoever ran it can be told. */
function setTrap(place: Ground): string {
  const path = join(place.home, "trap.ts");
  const mark = JSON.stringify(join(place.home, "TRAPPED"));
  writeFileSync(
    path,
    `require("node:fs").appendFileSync(${mark}, process.argv.slice(2).join(" ") + "\\n");\n`,
  );
  return path;
}
const trapped = (place: Ground) => {
  const mark = join(place.home, "TRAPPED");
  return existsSync(mark) ? readFileSync(mark, "utf8").trim().split("\n") : [];
};

async function untilPartsRestarted(place: Ground): Promise<void> {
  for (const { pid } of (await place.status()).parts) process.kill(pid ?? 0, "SIGKILL");
  await place.until(({ parts }) =>
    parts.every(({ state, restarts }) => state === "ready" && restarts === 1),
  );
}

describe("a hostile working directory", () => {
  test(
    "runs nothing in the server, its parts or any command, and sets no variable",
    async () => {
      await using place = ground();
      const cwd = join(place.home, "hostile");
      const trap = setTrap(place);
      mkdirSync(join(cwd, "node_modules/zod"), { recursive: true });
      const path = (await place.stigmer(["runner", "path"])).stdout.trim();
      const paths = Object.fromEntries(
        ["*", "node:*", "node:path", "bun:*"].map((name) => [name, [trap]]),
      );
      const scripts = { [path]: trap, "agent-runner": trap, server: trap };
      const preload = `preload = [${JSON.stringify(trap)}]\n`;
      const files = {
        ".env": `HOSTILE=1\nSTIGMER_LOG_LEVEL=debug\nBUN_OPTIONS=--preload=${trap}\n`,
        ".env.local": "HOSTILE=1\n",
        ".env.production": "HOSTILE=1\n",
        "bunfig.toml": `${preload}[run]\n${preload}[test]\n${preload}`,
        "tsconfig.json": JSON.stringify({ compilerOptions: { baseUrl: ".", paths } }),
        "package.json": JSON.stringify({ type: "commonjs", scripts, imports: paths }),
        "node_modules/zod/index.js": readFileSync(trap, "utf8"),
        "wf.yaml": WORKFLOW,
      };
      for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);

      const started = await place.stigmer(["server", "--port", "0"], { cwd });
      await untilPartsRestarted(place);
      const ran = await place.stigmer(["exec", "-f", "wf.yaml", "--json"], { cwd });
      const answer = await place.stigmer(["agent-runner", "--version"], { cwd });
      const alone = await run([path, "--version"], {
        home: place.home,
        cwd,
        environment: { PATH: `${join(binary, "..")}:${process.env["PATH"]}` },
      });

      expect(started.status).toBe(0);
      expect(JSON.parse(ran.stdout)).toEqual({ status: "completed", output: { hello: "world" } });
      expect(answer).toMatchObject({ status: 0, stderr: "" });
      expect(alone).toMatchObject({ status: 0, stdout: answer.stdout });
      expect(trapped(place)).toEqual([]);
      for (const pid of pidsOf(await place.status())) {
        expect(environmentOf(pid)["HOSTILE"]).toBeUndefined();
        expect(environmentOf(pid)["STIGMER_LOG_LEVEL"]).not.toBe("debug");
      }
    },
    SLOW_MS,
  );
});

describe("a variable that changes what a program of this runtime does", () => {
  test(
    "reaches neither the server nor its parts, not even after they started again",
    async () => {
      await using place = ground();
      const trap = setTrap(place);
      const environment = {
        BUN_OPTIONS: `--preload=${trap}`,
        BUN_INSPECT: "127.0.0.1:0",
        BUN_INSPECT_PRELOAD: trap,
        BUN_CONFIG_VERBOSE_FETCH: "curl",
        NODE_OPTIONS: `--require ${trap}`,
      };

      const started = await place.stigmer(["server", "--port", "0"], { environment });
      await untilPartsRestarted(place);
      await place.stigmer(["agent-runner", "--version"], { environment });

      expect(started.status).toBe(0);
      // The command that was typed obeys its own environment; what it starts does not hear of it.
      expect(new Set(trapped(place))).toEqual(
        new Set(["server --port 0", "agent-runner --version"]),
      );
      expect(trapped(place)).toHaveLength(2);
      for (const pid of pidsOf(await place.status())) {
        const names = Object.keys(environmentOf(pid));
        expect(names.filter((name) => /^(BUN_(?!BE_BUN$)|NODE_OPTIONS$)/.test(name))).toEqual([]);
      }
    },
    SLOW_MS,
  );
});

describe("umask", () => {
  test.each(["000", "077", "027"])(
    "%s lets nobody else write what a server and its runner leave on disk",
    async (umask) => {
      await using place = ground();
      const start = `umask ${umask}; exec ${binary} server --port 0`;

      const started = Bun.spawnSync(["sh", "-c", start], {
        cwd: place.home,
        env: { PATH: process.env["PATH"], HOME: place.home, STIGMER_HOME: place.state },
      });

      expect(started.exitCode).toBe(0);
      const modes = modesIn(place.state);
      expect(modes.get("")).toBe("700");
      expect([...modes].filter(([, mode]) => Number.parseInt(mode, 8) & 0o022)).toEqual([]);
      for (const name of ["data", "run", "logs", "runners", "bin"]) {
        expect([name, modes.get(name)]).toEqual([name, "700"]);
      }
      expect(modes.get("token")).toBe("600");
      expect((await place.stigmer(["agent-runner", "--version"])).stderr).toBe("");
    },
    SLOW_MS,
  );
});

/** The mode of every file and folder, by its path in the home. */
function modesIn(home: string): Map<string, string> {
  const names = readdirSync(home, { recursive: true, encoding: "utf8" });
  const found = [home, ...names.map((name) => join(home, name))].flatMap((path) => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat || stat.isSymbolicLink()) return [];
    return [[relative(home, path), (stat.mode & 0o777).toString(8)] as const];
  });
  return new Map(found);
}
