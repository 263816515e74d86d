import { HttpError } from "./http-error.ts";

/** The labels of a query: `key=value`, or several joined by commas, which must all match. */
export function parseLabels(text: string | undefined): Record<string, string> {
  if (text === undefined || text === "") return {};
  return Object.fromEntries(text.split(",").map(parseLabel));
}

function parseLabel(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  throw new HttpError(400, "usage", `"${text}" is not a label to look for`, {
    hint: "write it like label=team=core,stage=test",
  });
}
