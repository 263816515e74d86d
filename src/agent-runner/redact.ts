import { LLM_ENVIRONMENT } from "../schema/llm.ts";
import { credentialsOf } from "./model/credentials.ts";

/** Shorter values are no keys, and hiding them would eat ordinary words. */
const SECRET_CHARACTERS_MIN = 6;

/** A function that takes the API keys of this process, and the passwords of its addresses, out of a text. */
export function createRedactor(
  environment: Readonly<Record<string, string | undefined>>,
): (text: string) => string {
  const secrets = LLM_ENVIRONMENT.flatMap((name) => {
    const value = environment[name] ?? "";
    return name.endsWith("_KEY") ? [value] : (credentialsOf(value)?.secrets ?? []);
  });
  return hideSecrets(secrets);
}

export function hideSecrets(secrets: readonly string[]): (text: string) => string {
  const long = secrets.filter((secret) => secret.length >= SECRET_CHARACTERS_MIN);
  return (text) => long.reduce((clean, secret) => clean.replaceAll(secret, "[hidden key]"), text);
}
