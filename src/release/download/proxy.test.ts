import { expect, test } from "bun:test";

import { proxyFor } from "./proxy.ts";

const ENVIRONMENT = {
  HTTPS_PROXY: "http://secure:1",
  http_proxy: "http://plain:2",
  ALL_PROXY: "http://any:3",
};

test.each([
  ["https://host/", ENVIRONMENT, "http://secure:1/"],
  ["http://host/", ENVIRONMENT, "http://plain:2/"],
  ["http://host/", { ALL_PROXY: "any:3" }, "http://any:3/"],
  ["https://host/", { HTTPS_PROXY: "", ALL_PROXY: "http://any:3" }, "http://any:3/"],
  [
    "https://host/",
    { https_proxy: "http://lower:4", HTTPS_PROXY: "http://u:1" },
    "http://lower:4/",
  ],
  ["https://host/", {}, undefined],
  ["file:///media/x", ENVIRONMENT, undefined],
  ["http://127.0.0.1:8080/", ENVIRONMENT, undefined],
  ["http://localhost/", ENVIRONMENT, undefined],
  ["http://[::1]/", ENVIRONMENT, undefined],
])("%s with %j goes through %p", (url, environment, proxy) => {
  expect(proxyFor(new URL(url), environment)?.href).toBe(proxy);
});

test.each([
  ["https://host/", "*", true],
  ["https://host.example/", "host.example", true],
  ["https://HOST.example/", "Host.Example", true],
  ["https://a.host.example/", "host.example", true],
  ["https://a.host.example/", ".host.example", true],
  ["https://a.host.example/", "*.host.example", true],
  ["https://ahost.example/", "host.example", false],
  ["https://host.example/", "other, host.example", true],
  ["https://host.example:8443/", "host.example:8443", true],
  ["https://host.example/", "host.example:443", true],
  ["https://host.example/", "host.example:8443", false],
  ["https://10.1.2.3/", "10.0.0.0/8", true],
  ["https://11.1.2.3/", "10.0.0.0/8", false],
  ["https://10.1.2.3/", "10.0.0.0/99", false],
  ["https://[fd00::1]/", "fd00::/8", true],
  ["https://[fe80::1]/", "fd00::/8", false],
  ["https://host.example/", "10.0.0.0/8", false],
  ["https://host.example/", "", false],
  ["https://host.example/", " , ", false],
])("%s with NO_PROXY=%p goes direct: %p", (url, list, isDirect) => {
  const proxy = proxyFor(new URL(url), { ALL_PROXY: "http://any:3", NO_PROXY: list });

  expect(proxy === undefined).toBe(isDirect);
});
