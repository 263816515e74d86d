import { z } from "zod";

import type { Authentication as AuthenticationDefinition } from "../dsl/authentication.ts";
import { standardFault } from "./fault.ts";
import { fillTextIn } from "./frame.ts";
import type { Frame } from "./run-state.ts";

/** Credentials as the activity `http` takes them. */
export type Authentication =
  { scheme: "basic"; username: string; password: string } | { scheme: "bearer"; token: string };

/** The policies that can be used, written out in the document. */
const Inline = z.union([
  z.object({ basic: z.strictObject({ username: z.string(), password: z.string() }) }),
  z.object({ bearer: z.strictObject({ token: z.string() }) }),
]);

/** Whether a policy of a document can be used. */
export function isUsable(policy: unknown): boolean {
  return Inline.safeParse(policy).success;
}

/** The credentials of an endpoint, from its place or from `use.authentications`, with expressions evaluated. */
export function credentialsOf(
  definition: AuthenticationDefinition | undefined,
  frame: Frame,
): Authentication | undefined {
  if (!definition) return undefined;
  const policy =
    "use" in definition
      ? frame.run.document.use?.authentications?.[String(definition.use)]
      : definition;
  const inline = Inline.safeParse(policy);
  if (!inline.success) {
    const detail = "this kind of authentication can't be used yet; basic and bearer can";
    throw standardFault("configuration", detail, frame.pointer);
  }
  if ("basic" in inline.data) {
    const { username, password } = inline.data.basic;
    return {
      scheme: "basic",
      username: fillTextIn(frame, username),
      password: fillTextIn(frame, password),
    };
  }
  return { scheme: "bearer", token: fillTextIn(frame, inline.data.bearer.token) };
}
