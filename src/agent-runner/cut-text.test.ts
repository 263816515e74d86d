import { expect, test } from "bun:test";

import { cutText } from "./cut-text.ts";

test("a text that fits stays as it is", () => {
  expect(cutText("héllo", 6)).toBe("héllo");
});

test("a text that does not fit is cut between characters, and says so", () => {
  expect(cutText("aé€😀b", 5)).toBe("aé\n\n[cut: the first 5 of 11 bytes]");
});
