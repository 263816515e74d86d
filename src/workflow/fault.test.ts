import { expect, test } from "bun:test";

import { isSameType, standardFault } from "./fault.ts";

const forms = [
  "https://serverlessworkflow.io/spec/1.0.0/errors/timeout",
  "https://open-workflow-specification.org/spec/1.0.0/errors/timeout",
  "https://serverlessworkflow.io/dsl/errors/types/timeout",
  "https://open-workflow-specification.org/dsl/errors/types/timeout",
];

test.each(forms)("%s is the standard time-out", (type) => {
  expect(isSameType(type, standardFault("timeout", "late", "/do").error.type)).toBe(true);
});

test.each([
  "https://serverlessworkflow.io/spec/1.0.0/errors/validation",
  "https://example.test/dsl/errors/types/timeout",
  "timeout",
])("%s is another", (type) => {
  expect(isSameType(type, forms[0] ?? "")).toBe(false);
});
