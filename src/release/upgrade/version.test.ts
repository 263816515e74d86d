import { expect, test } from "bun:test";

import { isNewer, parseVersion } from "./version.ts";

test.each([
  ["v1.2.4", "v1.2.3"],
  ["v1.10.0", "v1.9.9"],
  ["v2.0.0", "v1.99.99"],
  ["v1.2.3", "v1.2.3-rc.1"],
  ["v1.2.3-rc.10", "v1.2.3-rc.9"],
  ["v1.2.3-rc.1", "v1.2.3-beta"],
])("%s is newer than %s, and not the other way round", (newer, older) => {
  expect(isNewer(newer, older)).toBe(true);
  expect(isNewer(older, newer)).toBe(false);
  expect(isNewer(newer, newer)).toBe(false);
});

test.each([
  ["v1.2.3", "v1.2.3"],
  ["1.2.3", "v1.2.3"],
  ["1.2.3-rc.1", "v1.2.3-rc.1"],
])("%s means %s", (text, version) => {
  expect(parseVersion(text)).toBe(version);
});

test.each(["", "v", "latest", "1.2", "v1.2.3/..", "v1.2.3 ", "../v1.2.3"])(
  "%j is no version",
  (text) => {
    expect(() => parseVersion(text)).toThrow(`"${text}" is not a version`);
  },
);
