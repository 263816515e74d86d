import { z } from "zod";

import { Json } from "../../base/json.ts";

/** What the server answers to the other parts on its own unix socket, never on TCP. */
export const ResolveRequest = z.strictObject({ kind: z.enum(["Agent"]), name: z.string() });
export type ResolveRequest = z.infer<typeof ResolveRequest>;

/** Body of `POST /internal/resolve`: the resource's spec as it is now. A 404 has a Problem as its body. */
export const ResolveResponse = z.strictObject({ definition: Json });
export type ResolveResponse = z.infer<typeof ResolveResponse>;
