import { expect, test } from "bun:test";

import { type ProgramName, readInvocation } from "./programs.ts";

test.each<[argv0: string, program: ProgramName]>([
  ["stigmer", "cli"],
  ["/usr/local/bin/stigmer-server", "server"],
  ["./stigmer-workflow-runner", "workflow-runner"],
  ["stigmer-agent-runner", "agent-runner"],
  ["agent-runner", "agent-runner"],
  ["-stigmer-server", "server"],
  ["C:\\bin\\stigmer-server.exe", "server"],
  ["STIGMER-SERVER.EXE", "server"],
  ["stigmer-v1.2", "cli"],
  ["server", "cli"],
  ["toString", "cli"],
  ["", "cli"],
])("%p is %s", (argv0, program) => {
  expect(readInvocation(argv0, ["--x"])).toEqual({ program, args: ["--x"] });
});

test.each<[args: string[], program: ProgramName, passed: string[]]>([
  [[], "cli", []],
  [["server", "start"], "cli", ["server", "start"]],
  [["internal-server", "--port", "0"], "server", ["--port", "0"]],
  [["internal-workflow-runner"], "workflow-runner", []],
  [["agent-runner", "--", "--help"], "agent-runner", ["--", "--help"]],
  [["constructor"], "cli", ["constructor"]],
])("stigmer %p runs %s", (args, program, passed) => {
  expect(readInvocation("stigmer", args)).toEqual({ program, args: passed });
});

test("a name counts more than the first word", () => {
  expect(readInvocation("stigmer-server", ["agent-runner"])).toEqual({
    program: "server",
    args: ["agent-runner"],
  });
});
