import { expect, test } from "bun:test";

import { taskPath } from "./task-path.ts";

test.each([
  ["/do/0/greet", ["greet"]],
  ["/do/0/outer/do/1/inner", ["outer", "inner"]],
  ["/do/0/loop/for/3/do/1/greet", ["loop[3]", "greet"]],
  ["/do/1/both/fork/branches/0/left", ["both", "left"]],
  ["/do/0/t/try/0/x", ["t", "x"]],
  ["/do/0/t/retry/1/try/0/x", ["t", "x"]],
  ["/do/0/t/catch/do/0/mend", ["t", "mend"]],
  ["/do/0/again#2", ["again#2"]],
  ["/do/0/for/do/1/7", ["for", "7"]],
  ["/do/0/a~1b", ["a/b"]],
  ["", []],
])("%s leads through %p", (position, path) => {
  expect(taskPath(position)).toEqual(path);
});
