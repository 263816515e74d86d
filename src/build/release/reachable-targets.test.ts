import { expect, test } from "bun:test";

import { StigmerError } from "../../base/errors.ts";
import { reachableTargets } from "./reachable-targets.ts";
import { targets } from "./targets.ts";

const [first, second] = targets;
if (!first || !second) throw new Error("unreachable: there are targets");
const unavailable = new StigmerError("unavailable", "npm could not fetch it", { hint: "E404" });

test("a target whose runtime cannot be had is left out by name", async () => {
  const lines: string[] = [];
  const obtain = (target: typeof first) =>
    target === second ? Promise.reject(unavailable) : Promise.resolve();

  const reachable = await reachableTargets([first, second], obtain, (line) => lines.push(line));

  expect(reachable).toEqual([first]);
  expect(lines).toEqual([`skipped: ${second.name}: npm could not fetch it (E404)`]);
});

test("where no target is left it fails", async () => {
  const outcome = reachableTargets(
    [first],
    () => Promise.reject(unavailable),
    () => {},
  );

  expect(outcome).rejects.toBe(unavailable);
});

test.each([
  ["of another digest", new StigmerError("checksum_mismatch", "its sha256 is another")],
  ["that a bug keeps away", new Error("unreachable")],
])("a runtime %s is never skipped", async (_, error) => {
  const lines: string[] = [];
  const obtain = (target: typeof first) =>
    target === second ? Promise.reject(error) : Promise.resolve();

  const outcome = reachableTargets([first, second], obtain, (line) => lines.push(line));

  expect(outcome).rejects.toBe(error);
  expect(lines).toEqual([]);
});
