import { expect, test } from "bun:test";

import { isReleaseVersion } from "./release-version.ts";

test.each(["v1.2.3", "v10.20.30", "v1.2.3-rc.1", "v0.0.0-a-b"])("%s is a release", (text) => {
  expect(isReleaseVersion(text)).toBe(true);
});

test.each(["", "dev", "1.2.3", "v1.2", "v1.2.3-", "v1.2.3/x", "../v1.2.3", "v1.2.3\n", "v1.2.3+1"])(
  "%j is none",
  (text) => {
    expect(isReleaseVersion(text)).toBe(false);
  },
);
