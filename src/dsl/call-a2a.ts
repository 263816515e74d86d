import type { JsonObject } from "../base/json.ts";
import { Endpoint, ExternalResource } from "./endpoint.ts";
import { map, text } from "./scalar.ts";
import { choose, closed, isObject, oneOf, type Problem, rule } from "./shape.ts";

const Parameters = rule(map, (value): Problem[] =>
  Object.keys(value).length > 0
    ? []
    : [{ path: [], message: "parameters have at least one field", got: "an empty object" }],
);

export const A2aArguments = closed({
  agentCard: ExternalResource.optional(),
  server: Endpoint.optional(),
  method: oneOf(
    "message/send",
    "message/stream",
    "tasks/get",
    "tasks/list",
    "tasks/cancel",
    "tasks/resubscribe",
    "tasks/pushNotificationConfig/set",
    "tasks/pushNotificationConfig/get",
    "tasks/pushNotificationConfig/list",
    "tasks/pushNotificationConfig/delete",
    "agent/getAuthenticatedExtendedCard",
  ),
  parameters: choose<string | JsonObject>((value) =>
    isObject(value) ? Parameters : text,
  ).optional(),
});
