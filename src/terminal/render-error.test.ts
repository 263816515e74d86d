import { expect, test } from "bun:test";

import { StigmerError } from "../base/errors.ts";
import { renderError } from "./render-error.ts";

test("a message and its hint are two lines", () => {
  const error = new StigmerError("usage", 'unknown flag "--folow"', {
    hint: 'did you mean "--follow"?',
  });

  const text = renderError(error, { color: false });

  expect(text).toBe('error: unknown flag "--folow"\nhint: did you mean "--follow"?');
});

test("each wrong place is a line that an editor can jump to", () => {
  const error = new StigmerError("invalid_input", "agent.yaml can't be used", {
    issues: [
      {
        file: "agent.yaml",
        line: 4,
        column: 3,
        pointer: "/spec/instuctions",
        message: 'unknown field "instuctions"',
        suggestion: "instructions",
      },
      {
        pointer: "/spec/limits/stepsMax",
        message: "wrong type",
        expected: "integer",
        got: "string",
      },
    ],
  });

  const text = renderError(error, { color: false });

  expect(text.split("\n").slice(1)).toEqual([
    '  agent.yaml:4:3  /spec/instuctions  unknown field "instuctions" (did you mean "instructions"?)',
    "  /spec/limits/stepsMax  wrong type (expected integer, got string)",
  ]);
});

test("a flood of issues is cut, and says so", () => {
  const issues = Array.from({ length: 25 }, (_, index) => ({
    pointer: `/${index}`,
    message: "bad",
  }));

  const lines = renderError(new StigmerError("invalid_input", "bad", { issues }), {
    color: false,
  }).split("\n");

  expect(lines).toHaveLength(22);
  expect(lines.at(-1)).toBe("  … and 5 more");
});

test("what came from elsewhere can't steer the terminal", () => {
  const error = new StigmerError("failed", "gone \u001B[2J\u0007wrong", {
    issues: [{ pointer: "/a", message: "two\nlines \u001B]0;title\u0007" }],
  });

  const text = renderError(error, { color: true });

  expect(text).not.toContain("\u001B[2J");
  expect(text).not.toContain("\u0007");
  expect(text.split("\n")).toHaveLength(2);
});

test("no line of a message can pass for a line of ours, whichever way it is written", () => {
  const error = new StigmerError("failed", "gone\r\nerror: forged", { hint: "a\nhint: forged" });

  const text = renderError(error, { color: false });

  expect(text).toBe("error: gone\n  error: forged\nhint: a\n  hint: forged");
});

test("what turns the order of the letters around is left out", () => {
  const error = new StigmerError("failed", "a\u202Eb\u2066c\u200Fd");

  expect(renderError(error, { color: false })).toBe("error: abc\u200Fd");
});

test("a message and an issue beyond all measure are cut in the middle", () => {
  const long = `begin ${"x".repeat(20_000)} end`;
  const issues = [{ pointer: `/${long}`, message: long, got: long }];

  const text = renderError(new StigmerError("invalid_input", long, { issues }), { color: false });

  expect(text.length).toBeLessThan(8_000);
  expect(text).toMatch(/^error: begin x+…x+ end\n {2}\/begin x+…x+ end {2}begin x+…x+ end \(got /);
});

test("what the message quotes is not told again", () => {
  const issue = {
    pointer: "",
    message: '"foo" is not a known provider',
    expected: 'one of "anthropic", "openai"',
    got: '"foo"',
  };

  const text = renderError(new StigmerError("invalid_input", "bad", { issues: [issue] }), {
    color: false,
  });

  expect(text).toEndWith('  "foo" is not a known provider (expected one of "anthropic", "openai")');
});
