import { Authentication } from "./authentication.ts";
import { Duration } from "./duration.ts";
import { ExternalResource } from "./endpoint.ts";
import { defineIterator } from "./iterator.ts";
import { expression, integer, map, text } from "./scalar.ts";
import { closed, oneOf, type Problem, rule } from "./shape.ts";
import type { TaskListSchema } from "./task-list.ts";

const protocols = oneOf(
  "amqp",
  "amqp1",
  "anypointmq",
  "googlepubsub",
  "http",
  "ibmmq",
  "jms",
  "kafka",
  "mercure",
  "mqtt",
  "mqtt5",
  "nats",
  "pulsar",
  "redis",
  "sns",
  "solace",
  "sqs",
  "stomp",
  "ws",
);

const ConsumeFields = closed({
  for: Duration.optional(),
  amount: integer.optional(),
  while: expression.optional(),
  until: expression.optional(),
});

const Consume = rule(ConsumeFields, (value) =>
  exactlyOne(value, ["amount", "while", "until"], "a consumption"),
);

export const defineAsyncApiArguments = (tasks: TaskListSchema) =>
  rule(
    closed({
      document: ExternalResource,
      channel: text.optional(),
      operation: text.optional(),
      server: closed({ name: text, variables: map.optional() }).optional(),
      protocol: protocols.optional(),
      message: closed({ payload: map.optional(), headers: map.optional() }).optional(),
      subscription: closed({
        filter: expression.optional(),
        consume: Consume,
        foreach: defineIterator(tasks).optional(),
      }).optional(),
      authentication: Authentication.optional(),
    }),
    (value) => [
      ...exactlyOne(value, ["operation", "channel"], "an AsyncAPI call"),
      ...exactlyOne(value, ["message", "subscription"], "an AsyncAPI call"),
    ],
  );

function exactlyOne(value: object, keys: readonly string[], what: string): Problem[] {
  if (keys.filter((key) => key in value).length === 1) return [];
  const expected = `exactly one of ${keys.join(", ")}`;
  return [{ path: [], message: `${what} has ${expected}`, expected }];
}
