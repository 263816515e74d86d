import type { z } from "zod";

import { anything, dateTime, expression, isExpression, text, uriTemplate } from "./scalar.ts";
import {
  choose,
  closed,
  isObject,
  listOf,
  mapOf,
  mismatch,
  open,
  type Problem,
  rule,
} from "./shape.ts";

const uriOrExpression = choose<string>((value) => (isExpression(value) ? expression : uriTemplate));

const attributes = {
  id: text.optional(),
  source: uriOrExpression.optional(),
  type: text.optional(),
  time: choose<string>((value) => (isExpression(value) ? expression : dateTime)).optional(),
  subject: text.optional(),
  datacontenttype: text.optional(),
  dataschema: uriOrExpression.optional(),
  data: anything.optional(),
};

/** The attributes of a CloudEvent to emit; others are extension attributes. */
export const EventToEmit = open({ ...attributes, type: text });

/** One kind of event: the attributes that it must have, and how it belongs to this run. */
export const EventFilter = closed({
  with: rule(open(attributes), (value): Problem[] =>
    Object.keys(value).length > 0
      ? []
      : [
          {
            path: [],
            message: "an event filter has at least one attribute",
            got: "an empty object",
          },
        ],
  ),
  correlate: mapOf(open({ from: text, expect: text.optional() })).optional(),
});
export type EventFilter = z.infer<typeof EventFilter>;

export interface AllEvents {
  all: EventFilter[];
}
export interface AnyEvents {
  any: EventFilter[];
  until?: string | EventStrategy | undefined;
}
export interface OneEvent {
  one: EventFilter;
}
export type EventStrategy = AllEvents | AnyEvents | OneEvent;

const All: z.ZodType<AllEvents> = closed({ all: listOf(EventFilter) });
const One: z.ZodType<OneEvent> = closed({ one: EventFilter });
const AnyOnce: z.ZodType<AnyEvents> = closed({ any: listOf(EventFilter) });
const AnyUntil: z.ZodType<AnyEvents> = closed({
  any: listOf(EventFilter),
  until: choose<string | EventStrategy>((value) =>
    isObject(value) ? strategyOf(value, AnyOnce) : text,
  ).optional(),
});

/** Which events are waited for. */
export const EventStrategy = choose<EventStrategy>((value) => strategyOf(value, AnyUntil));

function strategyOf(
  value: unknown,
  anyEvents: z.ZodType<AnyEvents>,
): z.ZodType<EventStrategy> | Problem {
  if (!isObject(value)) return mismatch(value, "an object");
  if ("any" in value) return anyEvents;
  if ("all" in value) return All;
  if ("one" in value) return One;
  const expected = "exactly one of all, any, one";
  return { path: [], message: `what to listen to has ${expected}`, expected };
}
