import type { JsonObject } from "../base/json.ts";
import { Duration } from "./duration.ts";
import { Endpoint } from "./endpoint.ts";
import { map, text } from "./scalar.ts";
import { choose, isObject, listOf, mapOf, oneOf, open, type Problem, rule } from "./shape.ts";

const TransportFields = open({
  http: open({ endpoint: Endpoint, headers: mapOf(text).optional() }).optional(),
  stdio: open({
    command: text,
    arguments: listOf(text).optional(),
    environment: mapOf(text).optional(),
  }).optional(),
  options: mapOf(text).optional(),
});

const Transport = rule(TransportFields, (value): Problem[] => {
  if ("http" in value !== "stdio" in value) return [];
  const expected = "exactly one of http and stdio";
  return [{ path: [], message: `a transport has ${expected}`, expected }];
});

export const McpArguments = open({
  protocolVersion: text.optional(),
  method: oneOf(
    "tools/list",
    "tools/call",
    "prompts/list",
    "prompts/get",
    "resources/list",
    "resources/read",
    "resources/templates/list",
  ),
  parameters: choose<string | JsonObject>((value) => (isObject(value) ? map : text)).optional(),
  timeout: Duration.optional(),
  transport: Transport,
  client: open({ name: text, version: text }).optional(),
});
