import { type InputIssue, StigmerError } from "../base/errors.ts";
import type { JsonValue } from "../base/json.ts";
import { toInputIssues } from "../schema/input-issues.ts";
import { type SettingKey, Settings } from "./settings.ts";

/** Checks one value alone, which `what` names, so that its issues have no place but the name of the setting. */
export function checkSetting({ key, path }: SettingKey, value: JsonValue, what: string): void {
  const root = path.reduceRight<JsonValue>((inner, name) => ({ [name]: inner }), value);
  const { error } = Settings.safeParse(root);
  if (!error) return;
  const issues = toInputIssues(error, Settings, root);
  throw new StigmerError("invalid_input", `${what} is not valid`, {
    issues: issues.map((issue) => named(key, issue)),
  });
}

/** A person knows a setting by its whole name. */
function named(key: string, issue: InputIssue): InputIssue {
  const { message } = issue;
  const field = `"${key.split(".").at(-1) ?? key}"`;
  const said = message.startsWith(field) ? message.replace(field, key) : `${key}: ${message}`;
  return { ...issue, message: said, pointer: "" };
}
