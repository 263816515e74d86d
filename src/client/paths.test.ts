import { expect, test } from "bun:test";

import { pathTo, runPath } from "./paths.ts";

test.each([
  [["agents", "writer"], "/v1/agents/writer"],
  [["workflows", "default", "notes@1.0.0"], "/v1/workflows/default/notes%401.0.0"],
  [["agents", "a/../b?c#d"], "/v1/agents/a%2F..%2Fb%3Fc%23d"],
  [["agents", "..."], "/v1/agents/..."],
])("%p is the path %s, whatever a URL makes of it", (segments, path) => {
  expect(pathTo(...segments)).toBe(path);
  expect(new URL(path, "http://x").pathname).toBe(path);
});

test.each(["", ".", ".."])("%p would mean another place and is refused", (segment) => {
  expect(() => pathTo("agents", segment, "workflows")).toThrow("is no part of a name");
  expect(() => runPath(segment)).toThrow("is no part of a name");
});
