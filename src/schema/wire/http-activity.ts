import { z } from "zod";

import { Json } from "../../base/json.ts";

/** Who the request comes from; never sent to another origin than that of `uri`. */
export const HttpAuthentication = z.discriminatedUnion("scheme", [
  z.strictObject({ scheme: z.literal("basic"), username: z.string(), password: z.string() }),
  z.strictObject({ scheme: z.literal("bearer"), token: z.string() }),
]);
export type HttpAuthentication = z.infer<typeof HttpAuthentication>;

/** Input of the activity `http`: what the task `call: http` asks for, its expressions and URI template filled in. */
export const HttpActivityInput = z.strictObject({
  method: z.string().min(1),
  uri: z.string().min(1),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  /** Added to the query that `uri` may have; an array repeats the name, null leaves it out. */
  query: z.record(z.string(), Json).default({}),
  body: Json.optional(),
  /** `content`: the body, parsed; `response`: the body with status and headers; `raw`: the body's bytes in Base64. */
  output: z.enum(["content", "response", "raw"]).default("content"),
  /** Follows redirects. Without it a status of 300 to 399 is an error. */
  redirect: z.boolean().default(false),
  authentication: HttpAuthentication.optional(),
});
export type HttpActivityInput = z.infer<typeof HttpActivityInput>;
