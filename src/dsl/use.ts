import type { z } from "zod";

import { AuthenticationPolicy } from "./authentication.ts";
import { Endpoint } from "./endpoint.ts";
import { ErrorDefinition } from "./error.ts";
import { defineExtension } from "./extension.ts";
import { RetryPolicy } from "./retry.ts";
import { text } from "./scalar.ts";
import { closed, listOf, mapOf, named } from "./shape.ts";
import { Task, TaskList } from "./task.ts";
import { Timeout } from "./timeout.ts";

/** What a document defines once and refers to by name. */
export const Use = closed({
  authentications: mapOf(AuthenticationPolicy).optional(),
  errors: mapOf(ErrorDefinition).optional(),
  extensions: listOf(named(defineExtension(TaskList), "an extension")).optional(),
  functions: mapOf(Task).optional(),
  retries: mapOf(RetryPolicy).optional(),
  secrets: listOf(text).optional(),
  timeouts: mapOf(Timeout).optional(),
  catalogs: mapOf(closed({ endpoint: Endpoint })).optional(),
});
export type Use = z.infer<typeof Use>;
