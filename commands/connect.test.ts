import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pathsOf } from "../src/base/paths.ts";
import { ownIdentity } from "../src/base/process-identity.ts";
import { writeServerHint } from "../src/supervisor/server-state.ts";
import { findServer } from "./connect.ts";

const URL_OF_HINT = "http://127.0.0.1:4321";
const homes: string[] = [];
const homeBefore = process.env["STIGMER_HOME"];

/** A home with a token, and with a server that is this very test or long dead. */
function homeWith(server: "running" | "dead" | "none") {
  const home = mkdtempSync(join(tmpdir(), "stigmer-connect-"));
  homes.push(home);
  const paths = pathsOf(home);
  mkdirSync(paths.run);
  writeFileSync(paths.token, "secret\n");
  const identity = server === "running" ? ownIdentity() : { pid: 999_999_999, startTime: "1" };
  const startedAt = new Date().toISOString();
  const hint = { ...identity, url: URL_OF_HINT, version: "dev", startedAt };
  if (server !== "none") writeServerHint(paths, hint);
  return paths;
}

beforeAll(() => {
  process.env["STIGMER_HOME"] = homeWith("none").home;
});
afterAll(() => {
  if (homeBefore === undefined) delete process.env["STIGMER_HOME"];
  else process.env["STIGMER_HOME"] = homeBefore;
  for (const home of homes) rmSync(home, { recursive: true });
});

test("the server of the home is found where it says, with its token", () => {
  expect(findServer(homeWith("running"), {})).toEqual({
    url: URL_OF_HINT,
    token: "secret",
    own: expect.objectContaining({ ...ownIdentity(), url: URL_OF_HINT }),
  });
});

test.each(["dead", "none"] as const)(
  "with a server that is %s the usual place is tried, but whoever listens there gets no token",
  (server) => {
    expect(findServer(homeWith(server), {})).toEqual({
      url: "http://127.0.0.1:7234",
      token: undefined,
      own: undefined,
    });
  },
);

test.each([
  ["https://stigmer.example.com/", "https://stigmer.example.com", undefined],
  ["http://127.0.0.1.evil.example.com", "http://127.0.0.1.evil.example.com", undefined],
  ["localhost:9000", "http://localhost:9000", undefined],
  ["http://[::1]:9000/x", "http://[::1]:9000", undefined],
  ["127.0.0.1:4321/x", URL_OF_HINT, "secret"],
])("named %s it is %s with the token %p", (named, url, token) => {
  const found = findServer(homeWith("running"), { STIGMER_SERVER_URL: named });

  expect(found).toMatchObject({ url, token });
});

test("a token that is given by name goes to the server that is given by name", () => {
  const environment = { STIGMER_SERVER_URL: "https://a.example.com", STIGMER_TOKEN: "given" };

  expect(findServer(homeWith("none"), environment).token).toBe("given");
});

test.each(["ftp://x", "http://", "::::"])("%p is no URL of a server", (named) => {
  expect(() => findServer(homeWith("none"), { STIGMER_SERVER_URL: named })).toThrow(
    "is not the URL of a server",
  );
});
