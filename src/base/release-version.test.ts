import { expect, test } from "bun:test";

import { isReleaseVersion } from "./release-version.ts";

test.each([
  "v1.2.3",
  "v10.20.30",
  "v1.2.3-rc.1",
  "v0.0.0-a-b",
  "v1.0.0-0a.x-y",
  "v999999999999999.0.0",
])("%s is a release", (text) => {
  expect(isReleaseVersion(text)).toBe(true);
});

test.each([
  "",
  "dev",
  "1.2.3",
  "v1.2",
  "v1.2.3-",
  "v1.2.3/x",
  "../v1.2.3",
  "v1.2.3\n",
  "v1.2.3+1",
  "v01.2.3",
  "v1.2.3-..",
  "v1.2.3-01",
  "v1.2.99999999999999999999",
])("%j is none", (text) => {
  expect(isReleaseVersion(text)).toBe(false);
});
