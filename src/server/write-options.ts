import { z } from "zod";

import { ResourceQuery } from "../schema/api/resource.ts";
import { HttpError } from "./http-error.ts";

const Flag = z.enum(["true", "false"]).optional();
const AllVersions = Flag.describe("Every version instead of the newest.");

/** Query of every write: with `dryRun=true` nothing is kept, but the answer is the same. */
export const DryRunQuery = z.strictObject({
  dryRun: Flag.describe("Answers what would happen, and changes nothing."),
});
export const DeleteQuery = DryRunQuery.extend({ allVersions: AllVersions });
export const WorkflowQuery = ResourceQuery.extend({ allVersions: AllVersions });

/** Request headers of a guarded write, for the documentation. */
export const IF_MATCH_HEADER = {
  "If-Match":
    "The ETag that the resource must have now; else nothing is done and the answer is 412.",
};

export function isTrue(flag: "true" | "false" | undefined): boolean {
  return flag === "true";
}

export function etagOf(generation: number): string {
  return `"${generation}"`;
}

/** The generation that `If-Match` asks for; undefined when it asks for none. */
export function generationOf(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined) return undefined;
  const [, generation] = /^"(\d+)"$/.exec(ifMatch.trim()) ?? [];
  if (generation !== undefined) return Number(generation);
  throw new HttpError(400, "usage", `If-Match: ${ifMatch} is not an ETag of a resource`, {
    hint: 'send the ETag as it was given, such as "3" with its quotes',
  });
}

export function stale(what: string, generation: number | undefined): HttpError {
  const now = generation === undefined ? "it is gone" : `it is at generation ${generation} now`;
  return new HttpError(412, "conflict", `${what} has changed: ${now}`, {
    hint: "get it again and decide anew",
  });
}
