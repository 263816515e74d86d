import { Authentication } from "./authentication.ts";
import { HttpOutput } from "./call-http.ts";
import { ExternalResource } from "./endpoint.ts";
import { bool, map, text } from "./scalar.ts";
import { closed } from "./shape.ts";

export const OpenApiArguments = closed({
  document: ExternalResource,
  operationId: text,
  parameters: map.optional(),
  authentication: Authentication.optional(),
  output: HttpOutput.optional(),
  redirect: bool.optional(),
});
