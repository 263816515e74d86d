import type { z } from "zod";

import { Authentication } from "./authentication.ts";
import { expression, isExpression, text, uriTemplate } from "./scalar.ts";
import { choose, closed, isObject } from "./shape.ts";

const Uri = choose<string>((value) => (isExpression(value) ? expression : uriTemplate));

const Configured = closed({ uri: Uri, authentication: Authentication.optional() });

/** A URI, a template or expression of one, or one with the authentication that it asks for. */
export const Endpoint = choose<string | z.infer<typeof Configured>>((value) =>
  isObject(value) ? Configured : Uri,
);
export type Endpoint = z.infer<typeof Endpoint>;

export const ExternalResource = closed({ name: text.optional(), endpoint: Endpoint });
export type ExternalResource = z.infer<typeof ExternalResource>;
