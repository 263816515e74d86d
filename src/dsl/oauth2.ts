import { text, uriTemplate } from "./scalar.ts";
import { closed, listOf, oneOf, open } from "./shape.ts";

const Token = closed({ token: text, type: text });

/** 1.0.3 requires no field, its successor `authority` and `grant`; both kinds of document count. */
const fields = {
  authority: uriTemplate.optional(),
  grant: oneOf(
    "authorization_code",
    "client_credentials",
    "password",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:token-exchange",
  ).optional(),
  client: closed({
    id: text.optional(),
    secret: text.optional(),
    assertion: text.optional(),
    authentication: oneOf(
      "client_secret_basic",
      "client_secret_post",
      "client_secret_jwt",
      "private_key_jwt",
      "none",
    ).optional(),
  }).optional(),
  request: open({
    encoding: oneOf("application/x-www-form-urlencoded", "application/json").optional(),
  }).optional(),
  issuers: listOf(text).optional(),
  scopes: listOf(text).optional(),
  audiences: listOf(text).optional(),
  username: text.optional(),
  password: text.optional(),
  subject: Token.optional(),
  actor: Token.optional(),
};

export const Oidc = closed(fields);
export const Oauth2 = closed({
  ...fields,
  endpoints: open({
    token: text.optional(),
    revocation: text.optional(),
    introspection: text.optional(),
  }).optional(),
});
