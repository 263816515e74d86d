import { Duration } from "./duration.ts";
import { EventStrategy } from "./event.ts";
import { ReadAs } from "./listen.ts";
import { text } from "./scalar.ts";
import { closed, type Problem, rule } from "./shape.ts";

const Fields = closed({
  every: Duration.optional(),
  cron: text.optional(),
  after: Duration.optional(),
  on: EventStrategy.optional(),
  read: ReadAs.optional(),
});

export const Schedule = rule(Fields, (value): Problem[] =>
  "read" in value && !("on" in value)
    ? [{ path: ["read"], part: "key", message: '"read" goes with "on", and only with it' }]
    : [],
);
