import { expect, test } from "bun:test";

import { agentRunnerUrl } from "./asset-url.ts";

const ASSET = { version: "v1.2.3", target: "linux-amd64" };
const PATH = "v1.2.3/agent-runner-v1.2.3-linux-amd64";

test.each([
  [{}, `https://github.com/stigmer/stigmer/releases/download/${PATH}`],
  [
    { STIGMER_DOWNLOAD_BASE_URL: "" },
    `https://github.com/stigmer/stigmer/releases/download/${PATH}`,
  ],
  [{ STIGMER_DOWNLOAD_BASE_URL: "https://mirror.example/a/" }, `https://mirror.example/a/${PATH}`],
  [{ STIGMER_DOWNLOAD_BASE_URL: "http://mirror.example" }, `http://mirror.example/${PATH}`],
  [{ STIGMER_DOWNLOAD_BASE_URL: "file:///media/usb" }, `file:///media/usb/${PATH}`],
])("with %j it lies at %s", (environment, url) => {
  expect(agentRunnerUrl(ASSET, environment)).toBe(url);
});

test.each(["dev", "", "1.2", "../v1.2.3", "v1.2.3/x"])("there is no release %p", (version) => {
  expect(() => agentRunnerUrl({ ...ASSET, version }, {})).toThrow(
    `no release has the version "${version}"`,
  );
});

test.each([
  ["mirror.example", "its value"],
  ["ftp://mirror.example", "ftp://mirror.example"],
  ["https://me:hush@mirror.example/?sig=hush", "https://mirror.example/"],
])("%s is no base, and no secret in it is shown", (base, shown) => {
  const environment = { STIGMER_DOWNLOAD_BASE_URL: base };

  expect(() => agentRunnerUrl(ASSET, environment)).toThrow(
    `STIGMER_DOWNLOAD_BASE_URL is no base of addresses: ${shown}`,
  );
});
