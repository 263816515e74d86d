import { expect, test } from "bun:test";

import { PRACTICE_RELEASE_KEY } from "../../base/build-info.ts";
import { requireTrustedSource } from "./trusted-source.ts";

const KEY = "RWS/y9T5UXHIjEjnD5AxSY9SxjLwn69WyVGDhcgvJCMlbQl/akeUrcH2";
const BASE = "STIGMER_DOWNLOAD_BASE_URL";

test("without a key nothing is believed", () => {
  expect(() => requireTrustedSource("", { [BASE]: "file:///folder" })).toThrow(
    "this build holds no release key",
  );
});

test("a published key is believed wherever the release lies", () => {
  for (const environment of [{}, { [BASE]: "https://mirror.example" }]) {
    expect(() => requireTrustedSource(KEY, environment)).not.toThrow();
  }
});

test.each(["file:///folder", "http://127.0.0.1:8080/x", "http://localhost", "https://[::1]:8443"])(
  "the practice key is believed at %s",
  (base) => {
    expect(() => requireTrustedSource(PRACTICE_RELEASE_KEY, { [BASE]: base })).not.toThrow();
  },
);

test.each([
  "",
  "https://github.com/stigmer/stigmer/releases/download",
  "http://127.0.0.2",
  "http://localhost.example",
  "http://127.0.0.1.example",
])("the practice key is not believed at %j", (base) => {
  expect(() => requireTrustedSource(PRACTICE_RELEASE_KEY, { [BASE]: base })).toThrow(
    "trusts the practice key",
  );
});
