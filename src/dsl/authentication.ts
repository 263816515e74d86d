import type { z } from "zod";

import { Oauth2, Oidc } from "./oauth2.ts";
import { nonEmptyText, text } from "./scalar.ts";
import { choose, closed, isObject, mismatch, open, type Problem } from "./shape.ts";

/** The name of a secret that holds the policy's fields. */
export const SecretReference = closed({ use: nonEmptyText });
export type SecretReference = z.infer<typeof SecretReference>;

/** A policy's fields as they are, or the secret that has them. */
function orSecret<T>(fields: z.ZodType<T>): z.ZodType<T | SecretReference> {
  return choose<T | SecretReference>((value) =>
    isObject(value) && "use" in value ? SecretReference : fields,
  );
}

const credentials = orSecret(closed({ username: text, password: text }));

const policies = {
  basic: { basic: credentials },
  bearer: { bearer: orSecret(closed({ token: text })) },
  digest: { digest: credentials },
  oauth2: { oauth2: orSecret(Oauth2) },
  oidc: { oidc: orSecret(Oidc) },
};
const Basic = open(policies.basic);
const Bearer = open(policies.bearer);
const Digest = open(policies.digest);
const OauthPolicy = open(policies.oauth2);
const OidcPolicy = open(policies.oidc);

export type AuthenticationPolicy =
  | z.infer<typeof Basic>
  | z.infer<typeof Bearer>
  | z.infer<typeof Digest>
  | z.infer<typeof OauthPolicy>
  | z.infer<typeof OidcPolicy>;

const byScheme: Record<string, z.ZodType<AuthenticationPolicy>> = {
  basic: Basic,
  bearer: Bearer,
  digest: Digest,
  oauth2: OauthPolicy,
  oidc: OidcPolicy,
};
const schemes = Object.keys(byScheme);

/** A policy of `use.authentications`; the specification lets other fields stand beside it. */
export const AuthenticationPolicy = choose<AuthenticationPolicy>((value) => {
  if (!isObject(value)) return mismatch(value, "an object");
  const found = schemes.filter((scheme) => scheme in value);
  return byScheme[found.length === 1 ? (found[0] ?? "") : ""] ?? notOneScheme(value, found);
});

const strictByScheme: Record<string, z.ZodType<AuthenticationPolicy | SecretReference>> = {
  basic: closed(policies.basic),
  bearer: closed(policies.bearer),
  digest: closed(policies.digest),
  oauth2: closed(policies.oauth2),
  oidc: closed(policies.oidc),
  use: SecretReference,
};

/** A policy in its place, or `use` with the name of one of `use.authentications`. */
export const Authentication = choose<AuthenticationPolicy | SecretReference>((value) => {
  if (!isObject(value)) return mismatch(value, "an object");
  const found = Object.keys(strictByScheme).filter((scheme) => scheme in value);
  return strictByScheme[found[0] ?? ""] ?? notOneScheme(value, found);
});
export type Authentication = z.infer<typeof Authentication>;

function notOneScheme(value: object, found: readonly string[]): Problem {
  const [first, second] = found;
  const expected = `exactly one of ${schemes.join(", ")}`;
  if (second !== undefined) {
    return {
      path: [second],
      part: "key",
      message: `an authentication has one scheme, not both "${first}" and "${second}"`,
      expected,
    };
  }
  const [key] = Object.keys(value);
  return key === undefined
    ? { path: [], message: "an authentication names its scheme", expected, got: "an empty object" }
    : {
        path: [key],
        part: "key",
        message: `unknown authentication "${key}"`,
        expected,
        got: `"${key}"`,
      };
}
