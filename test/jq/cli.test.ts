import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CLI = join(import.meta.dir, "cli.ts");
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "stigmer-jq-"));
  writeFileSync(join(folder, "one.json"), '{"b": 1, "a": [1, 2]}\n');
  writeFileSync(join(folder, "lines.jsonl"), '{"n": 1}\n{"n": 2}\n\n{"n": 3}');
  writeFileSync(join(folder, "mixed.json"), '1 "two"[3]\n{\n  "four": 4\n}\nnull');
  writeFileSync(join(folder, "broken.json"), '{"n": 1}\n{"n": x}\n');
  writeFileSync(join(folder, "text.txt"), "first\nsecond");
  writeFileSync(join(folder, "filter.jq"), "# the sum\n.a | add\n");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function jq(args: string[], stdin = ""): { stdout: string; stderr: string; status: number } {
  const run = Bun.spawnSync([process.execPath, CLI, ...args], {
    cwd: folder,
    stdin: Buffer.from(stdin),
    env: { ...process.env, GREETING: "hello", TZ: "UTC" },
  });
  return { stdout: run.stdout.toString(), stderr: run.stderr.toString(), status: run.exitCode };
}

test.each([
  [[".", "one.json"], '{\n  "b": 1,\n  "a": [\n    1,\n    2\n  ]\n}\n'],
  [["-c", ".", "one.json"], '{"b":1,"a":[1,2]}\n'],
  [["-cS", ".", "one.json"], '{"a":[1,2],"b":1}\n'],
  [["--tab", ".a", "one.json"], "[\n\t1,\n\t2\n]\n"],
  [["--indent", "1", ".a", "one.json"], "[\n 1,\n 2\n]\n"],
  [[".n", "lines.jsonl"], "1\n2\n3\n"],
  [["-c", ".", "mixed.json"], '1\n"two"\n[3]\n{"four":4}\nnull\n'],
  [["-c", "-s", "map(.n)", "lines.jsonl"], "[1,2,3]\n"],
  [["-n", "[inputs.n] | add", "lines.jsonl"], "6\n"],
  [["-R", "length", "text.txt"], "5\n6\n"],
  [["-Rs", ".", "text.txt"], '"first\\nsecond"\n'],
  [["-r", "-R", ".", "text.txt"], "first\nsecond\n"],
  [["-j", "-R", ".", "text.txt"], "firstsecond"],
  [["--raw-output0", "-R", ".", "text.txt"], "first\0second\0"],
  [["-n", "-a", '"é😀"'], '"\\u00e9\\ud83d\\ude00"\n'],
  [["-f", "filter.jq", "one.json"], "3\n"],
  [
    ["-n", "-c", "--arg", "x", "1", "--argjson", "y", "[2]", "[$x, $y, $ARGS.named.x]"],
    '["1",[2],"1"]\n',
  ],
  [["-n", "-c", "--slurpfile", "f", "lines.jsonl", "$f | map(.n)"], "[1,2,3]\n"],
  [["-n", "--rawfile", "f", "text.txt", "$f"], '"first\\nsecond"\n'],
  [["-n", "-c", "$ARGS.positional", "--args", "a", "b"], '["a","b"]\n'],
  [["-n", "-c", "$ARGS.positional", "--jsonargs", "1", "{}"], "[1,{}]\n"],
  [["-n", "-r", "$ENV.GREETING, env.GREETING"], "hello\nhello\n"],
  [["input_filename", "one.json"], '"one.json"\n'],
  [
    ["-c", "--stream", ".", "one.json"],
    '[["b"],1]\n[["a",0],1]\n[["a",1],2]\n[["a",1]]\n[["a"]]\n',
  ],
  [["-n", "-r", '0 | strflocaltime("%H:%M %Z")'], "00:00 UTC\n"],
  [
    ["-n", "-c", "[1e17, 1e1000, nan, -0, 1e-5 * 1]"],
    "[1e+17,1.7976931348623157e+308,null,0,1e-05]\n",
  ],
])("%j prints %j", (args, stdout) => {
  expect(jq(args)).toEqual({ stdout, stderr: "", status: 0 });
});

test("reads stdin when no file is named", () => {
  expect(jq(["-c", ".a", "-"].slice(0, 2), '{"a":1}{"a":[2]}').stdout).toBe("1\n[2]\n");
});

test.each([
  [["-e", "."], "true", 0],
  [["-e", "."], "null", 1],
  [["-e", "."], "false", 1],
  [["-e", "empty"], "1", 4],
  [["."], "{", 2],
  [[".", "missing.json"], "", 2],
  [["--nonsense", "."], "", 2],
  [["--arg", "x"], "", 2],
  [["--indent", "9", "."], "", 2],
  [["--argjson", "x", "{", "."], "", 2],
  [[], "", 2],
  [[".a ||"], "", 3],
  [["nonsense"], "", 3],
  [["$nowhere"], "", 3],
  [[".a"], "[1]", 5],
  [["-n", '"bye" | halt_error(7)'], "", 7],
  [["-n", "halt"], "", 0],
  [["--help"], "", 0],
])("%j on %j exits with %d", (args, stdin, status) => {
  expect(jq(args, stdin).status).toBe(status);
});

test("an error of one input does not keep the next one from its turn", () => {
  const run = jq([".a"], '{"a":1} [] {"a":2}');

  expect(run).toEqual({
    stdout: "1\n2\n",
    stderr: 'jq: error (at <stdin>): Cannot index array with string ("a")\n',
    status: 5,
  });
});

test("text that is no JSON ends the inputs, and is told with its place", () => {
  const run = jq([".n", "broken.json"]);

  expect(run.stdout).toBe("1\n");
  expect(run.stderr).toContain("broken.json");
  expect(run.stderr).toContain("Invalid numeric literal at line 2, column 8");
  expect(run.status).toBe(2);
});

test("a filter that is wrong is quoted and marked, with what may have been meant", () => {
  const { stderr } = jq(["-n", "1 | lenght"]);

  expect(stderr).toBe(
    "jq: error: lenght/0 is not defined at <top-level>, line 1, column 5:\n" +
      "    1 | lenght\n        ^^^^^^\ndid you mean length/0?\njq: 1 compile error\n",
  );
});

test("debug and stderr talk on stderr, in order with what came before", () => {
  expect(jq(["-n", "-c", '1 | debug, debug("m"), ("raw" | stderr)'])).toEqual({
    stdout: '1\n1\n"raw"\n',
    stderr: '["DEBUG:",1]\n["DEBUG:","m"]\nraw',
    status: 0,
  });
});

test("ends quietly when nobody reads on", async () => {
  const script = `yes '{"a":1}' | "${process.execPath}" "${CLI}" -c .a | head -2`;
  const run = Bun.spawn(["sh", "-c", script], { stdout: "pipe", stderr: "pipe" });

  expect(await new Response(run.stdout).text()).toBe("1\n1\n");
  expect(await new Response(run.stderr).text()).toBe("");
});
