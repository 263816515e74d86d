import { expect, test } from "bun:test";

import { childEnvironment, keepLoopbackDirect } from "./process-environment.ts";

test("a child inherits nothing that could run code in it", () => {
  const inherited = {
    PATH: "/bin",
    BUN_OPTIONS: "--preload=x",
    BUN_BE_BUN: "1",
    NODE_OPTIONS: "-r x",
  };

  expect(childEnvironment(inherited, { STIGMER_HOME: "/h" })).toEqual({
    PATH: "/bin",
    STIGMER_HOME: "/h",
  });
});

test("loopback never goes through a proxy", () => {
  const environment: Record<string, string | undefined> = {
    https_proxy: "http://proxy:3128",
    NO_PROXY: "example.com",
  };

  keepLoopbackDirect(environment);

  expect(environment["NO_PROXY"]).toBe("example.com,localhost,127.0.0.1,::1");
  expect(environment["no_proxy"]).toBe("example.com,localhost,127.0.0.1,::1");
});

test("without a proxy the environment stays as it is", () => {
  const environment = { PATH: "/bin" };

  keepLoopbackDirect(environment);

  expect(environment).toEqual({ PATH: "/bin" });
});
