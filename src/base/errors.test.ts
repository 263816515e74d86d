import { expect, test } from "bun:test";

import { messageOf } from "./errors.ts";

test("what Bun advises programmers is no message for a person", () => {
  const error = new Error(
    "Unable to connect. For more information, pass `verbose: true` in the second argument to fetch()",
  );

  expect(messageOf(error)).toBe("Unable to connect.");
});
