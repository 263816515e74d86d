import { expect, test } from "bun:test";

import { detailLines, titleOf } from "./report-end.ts";

test.each([
  [{ type: "https://example.com/errors/not-enough", status: 400 }, "not enough"],
  [{ type: "about:blank", status: 400, title: "Two\nlines" }, "Two lines"],
  [{ type: "https://example.com/", status: 400 }, "example.com"],
  [{ type: "", status: 400 }, ""],
])("%j is called %p", (error, title) => {
  expect(titleOf(error)).toBe(title);
});

test("no line of a detail can pass for a line of ours", () => {
  const lines = detailLines({ type: "t", status: 400, detail: "a\nerror: forged" });

  expect(
    lines
      .join("\n")
      .split("\n")
      .every((line) => line.startsWith("  ")),
  ).toBe(true);
});

test("of a page of HTML only its beginning is shown, and a long sentence stays whole", () => {
  const page = `<!DOCTYPE html>\n<html><title>404</title>${"<p>not here</p>\n".repeat(50)}</html>`;
  const sentence = `choose ${"another or ".repeat(40)}none`;

  const [, , ofPage = ""] = detailLines({ type: "t", status: 404, detail: page });
  const [, , ofSentence] = detailLines({ type: "t", status: 401, detail: sentence });

  expect(ofPage).toStartWith("  detail    <!DOCTYPE html> <html><title>404</title>");
  expect(ofPage).toHaveLength("  detail    ".length + 200);
  expect(ofSentence).toBe(`  detail    ${sentence}`);
});
