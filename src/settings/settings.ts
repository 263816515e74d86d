import { z } from "zod";

import type { JsonValue } from "../base/json.ts";
import { LogLevel } from "../base/log.ts";
import { LLM_VARIABLES, LlmSettings } from "../schema/llm.ts";

/** What `config.yaml`, a project's `stigmer.yaml`, `STIGMER_*` variables and flags can set. */
export const Settings = z.strictObject({
  server: z
    .strictObject({
      port: z.int().min(0).max(65_535).default(7234),
      /** The address that the server listens on; anything but loopback can be reached by others. */
      listen: z.string().min(1).default("127.0.0.1"),
    })
    .prefault({}),
  llm: LlmSettings.prefault({}),
  logLevel: LogLevel.default("info"),
});
export type Settings = z.infer<typeof Settings>;

/** One setting that a person can name, as `stigmer config` does. */
export interface SettingKey {
  readonly key: string;
  readonly path: readonly string[];
  readonly variable: string;
  readonly isSecret: boolean;
  /**
   * Whether a project's `stigmer.yaml` may set it. Such a file comes with whatever is checked out, so that it may neither
   * say where a key is sent nor open the server to others.
   */
  readonly isForProject: boolean;
  /** From text, as variables, flags and `config set` have it. What is no number stays text and is refused as such. */
  readonly fromText: (text: string) => JsonValue;
}

export const settingKeys: readonly SettingKey[] = [
  define("server.port", "STIGMER_SERVER_PORT", { isNumber: true, isForProject: true }),
  define("server.listen", "STIGMER_SERVER_LISTEN"),
  define("llm.provider", LLM_VARIABLES.provider, { isForProject: true }),
  define("llm.model", LLM_VARIABLES.model, { isForProject: true }),
  define("llm.baseUrl", LLM_VARIABLES.baseUrl),
  define("llm.apiKey", LLM_VARIABLES.apiKey, { isSecret: true }),
  define("logLevel", "STIGMER_LOG_LEVEL", { isForProject: true }),
];

function define(
  key: string,
  variable: string,
  { isNumber = false, isSecret = false, isForProject = false } = {},
): SettingKey {
  const fromText = (text: string): JsonValue =>
    isNumber && /^\d+$/.test(text) ? Number(text) : text;
  return { key, path: key.split("."), variable, isSecret, isForProject, fromText };
}
