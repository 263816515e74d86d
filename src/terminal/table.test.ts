import { expect, test } from "bun:test";

import { createStyle } from "./style.ts";
import { formatTable } from "./table.ts";

const style = createStyle(false);

test("columns are aligned, wide characters included", () => {
  const text = formatTable(
    ["NAME", "AGE"],
    [
      ["日本", "1 m"],
      ["release-writer", "2 h"],
    ],
    {
      columns: 80,
      style,
    },
  );

  expect(text.split("\n")).toEqual([
    "NAME            AGE",
    "日本            1 m",
    "release-writer  2 h",
  ]);
});

test("the widest column gives way on a narrow terminal", () => {
  const text = formatTable(["ID", "ERROR"], [["run_1", "x".repeat(60)]], { columns: 40, style });

  expect(Math.max(...text.split("\n").map((line) => Bun.stringWidth(line)))).toBe(40);
  expect(text).toEndWith("…");
});

test("the first column stays whole, however narrow the terminal is", () => {
  const id = "run_01a20499d6c07684853543d1c183e42d";

  const text = formatTable(["ID", "NAME"], [[id, "x".repeat(60)]], { columns: 40, style });

  expect(text).toContain(id);
});

test("nothing is cut off a terminal", () => {
  const text = formatTable(["ERROR"], [["x".repeat(500)]], { columns: undefined, style });

  expect(text).toContain("x".repeat(500));
});

test("a cell with line breaks or control characters stays one plain cell", () => {
  const text = formatTable(["TEXT"], [["one\ntwo\u001B[31m three"]], { columns: undefined, style });

  expect(text.split("\n")).toEqual(["TEXT", "one two three"]);
});
