import { Duration } from "./duration.ts";
import { map, text } from "./scalar.ts";
import { closed, listOf, oneOf, type Problem, rule } from "./shape.ts";

const LifetimeFields = closed({
  cleanup: oneOf("always", "never", "eventually"),
  after: Duration.optional(),
});

const Lifetime = rule(LifetimeFields, (value): Problem[] => {
  if ((value.cleanup === "eventually") === "after" in value) return [];
  return [{ path: ["after"], message: '"after" goes with cleanup: eventually, and only with it' }];
});

export const Container = closed({
  image: text,
  name: text.optional(),
  command: text.optional(),
  ports: map.optional(),
  volumes: map.optional(),
  environment: map.optional(),
  stdin: text.optional(),
  arguments: listOf(text).optional(),
  lifetime: Lifetime.optional(),
  pullPolicy: oneOf("ifNotPresent", "always", "never").optional(),
});
