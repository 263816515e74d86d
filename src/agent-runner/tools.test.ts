import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { JsonValue } from "../base/json.ts";
import type { BuiltinTool } from "../schema/kinds/agent.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { createReaper } from "./process/reaper.ts";
import { probeBubblewrap, type SandboxProbe } from "./sandbox/bubblewrap.ts";
import { builtinTools, describeBuiltin, runBuiltin } from "./tools.ts";

/** Processes start slowly on a busy machine. */
setDefaultTimeout(60_000);

const reaper = createReaper();
const probe: SandboxProbe = await probeBubblewrap({
  home: tmpdir(),
  environment: process.env,
  reaper,
  limits: defaultLimits,
});
const isMissing = "refusal" in probe;
if (isMissing) console.warn(`SKIPPED: the sandbox of file and shell tools. ${probe.refusal}`);

let home = "";
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "stigmer-tools-"));
  writeFileSync(join(home, "key"), "the secret of the machine");
});
afterAll(() => {
  rmSync(home, { recursive: true });
  reaper.stop();
});

interface Extra {
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
}

function use(name: BuiltinTool, given: JsonValue, { limits, signal }: Extra = {}) {
  return runBuiltin(name, given, {
    home,
    runId: "run_1",
    limits: { ...defaultLimits, ...limits },
    signal: signal ?? new AbortController().signal,
    sandbox: async () => probe,
  });
}

function shell(command: string, extra?: Extra) {
  return use("shell", { command }, extra);
}

test.each(Object.keys(builtinTools) as BuiltinTool[])(
  "%s tells the model what it is and takes",
  (name) => {
    const { description, inputSchema, source } = describeBuiltin(name);

    expect(description.length).toBeGreaterThan(20);
    expect(inputSchema).toMatchObject({ type: "object", additionalProperties: false });
    expect(source).toEqual({ type: "builtin" });
  },
);

test("arguments that do not fit are told to the model with their place", async () => {
  const result = await use("fetch_url", { uri: "https://example.com" });

  expect(result.isError).toBe(true);
  expect(result.text).toContain("url");
  expect(result.text).toContain('Unrecognized key: "uri"');
});

test("an address inside the machine is refused", async () => {
  expect(await use("fetch_url", { url: "http://127.0.0.1:7234/v1/agents" })).toEqual({
    isError: true,
    text: "127.0.0.1:7234 is not on the public internet (127.0.0.1): it can't be fetched.",
  });
});

describe.skipIf(isMissing)("in the sandbox", () => {
  test("a file is written, listed, read whole and read in part", async () => {
    const written = await use("write_file", { path: "notes/a.txt", content: "one\ntwo\nthree\n" });
    const listed = await use("list_files", {});
    const whole = await use("read_file", { path: "notes/a.txt" });
    const part = await use("read_file", { path: "notes/a.txt", offset: 2, limit: 1 });

    expect(written).toEqual({ text: "Wrote 14 bytes to notes/a.txt.", isError: false });
    expect(listed.text).toBe("notes/\nnotes/a.txt");
    expect(whole.text).toBe("one\ntwo\nthree\n");
    expect(part.text).toBe("two\n[lines 2 to 2 of 3]\n");
    expect(readFileSync(join(home, "workspaces/run_1/notes/a.txt"), "utf8")).toBe(
      "one\ntwo\nthree\n",
    );
  });

  test("a text with quotes, dollars and a leading dash arrives as it is", async () => {
    const content = `-n $(id) \`id\` "'\\ é\n`;

    await use("write_file", { path: "-odd name'.txt", content });

    expect((await use("read_file", { path: "-odd name'.txt" })).text).toBe(content);
  });

  test.each(["../key", "/etc/passwd", "a/../../key", "/workspace/../key"])(
    "%s is outside the workspace",
    async (path) => {
      const result = await use("read_file", { path });

      expect(result.isError).toBe(true);
      expect(result.text).toContain("is outside the workspace");
    },
  );

  test("a link out of the workspace leads nowhere", async () => {
    await shell("true");
    symlinkSync(join(home, "key"), join(home, "workspaces/run_1/link"));

    const read = await use("read_file", { path: "link" });
    const written = await use("write_file", { path: "link", content: "overwritten" });

    expect(read).toEqual({ isError: true, text: '"link": there is no such file' });
    expect(written.isError).toBe(true);
    expect(readFileSync(join(home, "key"), "utf8")).toBe("the secret of the machine");
  });

  test("a long file is read in part, with what is missing", async () => {
    await shell("seq 1 100000 > long");

    const { text } = await use(
      "read_file",
      { path: "long", offset: 50_000 },
      { limits: { toolTextBytesMax: 1_000 } },
    );

    expect(text).toStartWith("50000\n50001\n");
    expect(text).toMatch(/\[cut: \d+ more bytes\]$/);
    expect(text.length).toBeLessThanOrEqual(1_000);
  });

  test("a missing file, an empty file and an empty folder are said", async () => {
    await shell("mkdir -p empty && : > nothing");

    expect((await use("read_file", { path: "nope" })).text).toBe('"nope": there is no such file');
    expect((await use("read_file", { path: "nothing" })).text).toBe("The file is empty.");
    expect((await use("list_files", { path: "empty" })).text).toBe("The folder is empty.");
  });

  test("a command gives its output and, when it fails, its exit code", async () => {
    expect(await shell("echo out; echo err >&2")).toEqual({ text: "out\nerr", isError: false });
    expect(await shell("echo no; exit 3")).toEqual({ text: "no\n\n[exit code 3]", isError: true });
    expect(await shell("true")).toEqual({ text: "(no output)", isError: false });
  });

  test("a command sees the system, and nothing of its owner", async () => {
    const { text } = await shell(`
      ls -d /root /home "${home}" "${process.cwd()}" 2>&1 | grep -v "cannot access" | grep -q . && echo "a home is there"
      touch /usr/x 2>/dev/null && echo "the system can be written"
      head -c 1 /etc/shadow 2>/dev/null | grep -q . && echo "passwords can be read"
      env | grep -v -e ^PATH= -e ^HOME= -e ^TMPDIR= -e ^LANG= -e ^TERM= -e ^PWD= -e ^OLDPWD= -e ^SHLVL= -e ^_=
      ls /proc | grep -c '^[0-9]'
      ls -A /tmp
      test -x /bin/sh && echo sound
    `);

    const lines = text.split("\n").filter((line) => line !== "");
    expect(Number(lines[0])).toBeLessThan(10);
    expect(lines.slice(1)).toEqual(["sound"]);
  });

  test("a command has no network, not even to this machine", async () => {
    using server = Bun.serve({ port: 0, fetch: () => new Response("reached") });

    const { text } = await shell(
      `(exec 3<>/dev/tcp/127.0.0.1/${server.port}) 2>&1; bash -c 'exec 3<>/dev/tcp/127.0.0.1/${server.port}' 2>&1; cat /proc/net/dev | grep -v lo: | wc -l`,
    );

    expect(text).toContain("refused");
    expect(text.split("\n").at(-1)).toBe("2");
  });

  test("a command that takes too long is killed with all that it started", async () => {
    const { text, isError } = await shell("echo begun; (sleep 1000 & sleep 1000)", {
      limits: { shellMs: 300 },
    });

    expect({ text, isError }).toEqual({ text: "begun\n\n[killed after 300 ms]", isError: true });
  });

  test("abort kills the command and is no result", async () => {
    const aborting = new AbortController();
    const running = shell("sleep 1000", { signal: aborting.signal });

    aborting.abort(new Error("cancelled"));

    expect(running).rejects.toThrow("cancelled");
    await running.catch(() => {});
  });

  test("endless output is cut, and the command ends", async () => {
    const { text } = await shell("yes | head -c 500000", { limits: { toolTextBytesMax: 1_000 } });

    expect(text.length).toBeLessThanOrEqual(1_000);
    expect(text).toEndWith("y\n\n[cut: 499200 more bytes]");
  });
});
