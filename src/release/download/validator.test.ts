import { expect, test } from "bun:test";

import { isContradicted, strongValidator } from "./validator.ts";

const NOON = "Sat, 21 Nov 2026 12:00:00 GMT";
const MINUTE_LATER = "Sat, 21 Nov 2026 12:01:00 GMT";
const TOO_SOON = "Sat, 21 Nov 2026 12:00:59 GMT";

test.each([
  ["a strong ETag", { ETag: '"a"', "Last-Modified": NOON, Date: MINUTE_LATER }, '"a"'],
  ["a weak ETag", { ETag: 'W/"a"', "Last-Modified": NOON, Date: MINUTE_LATER }, undefined],
  ["an old date", { "Last-Modified": NOON, Date: MINUTE_LATER }, NOON],
  ["a date of just now", { "Last-Modified": NOON, Date: TOO_SOON }, undefined],
  ["a date without the answer's", { "Last-Modified": NOON }, undefined],
  ["no date", { "Last-Modified": "yesterday", Date: MINUTE_LATER }, undefined],
  ["nothing", {}, undefined],
])("%s decides whether a download can be continued", (_what, headers, validator) => {
  expect(strongValidator(new Headers(headers))).toBe(validator);
});

test("an answer that continues a file must not name another one", () => {
  const headers = new Headers({ ETag: '"b"', "Last-Modified": MINUTE_LATER });

  expect(isContradicted(headers, '"a"')).toBe(true);
  expect(isContradicted(headers, '"b"')).toBe(false);
  expect(isContradicted(headers, NOON)).toBe(true);
  expect(isContradicted(headers, MINUTE_LATER)).toBe(false);
  expect(isContradicted(new Headers(), '"a"')).toBe(false);
});
