import { expect, test } from "bun:test";

import { communicationFailure, configurationFailure } from "./http-failure.ts";

test.each([
  ["the server's words", { status: 404, title: "Gone Fishing" }, "Gone Fishing"],
  ["those of the status", { status: 404, title: "" }, "Not Found"],
  ["the status", { status: 599, title: "" }, "Status 599"],
])("an answer without success is titled with %s", (_whose, answer, title) => {
  const { error } = communicationFailure("x", undefined, { ...answer, retryAfter: null });

  expect(error.title).toBe(title);
});

test("no answer and a request that makes no sense have titles too", () => {
  expect(communicationFailure("x", undefined).error.title).toBe("Communication Error");
  expect(configurationFailure("x").error.title).toBe("Configuration Error");
});
