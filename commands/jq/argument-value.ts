import { readFileSync } from "node:fs";

import { messageOf, StigmerError } from "../../src/base/errors.ts";
import { type JsonValue, parseJson } from "../../src/base/json.ts";
import { readDocuments } from "./documents.ts";

export function readTextFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new StigmerError("usage", `${path} can't be read: ${messageOf(error)}`, {
      hint: "check that the file is there and may be read",
      cause: error,
    });
  }
}

/** All JSON documents of a file, as one array. */
export function readJsonFile(path: string): JsonValue {
  try {
    return [...readDocuments(readTextFile(path))];
  } catch (error) {
    if (error instanceof StigmerError) throw error;
    throw new StigmerError("usage", `${path} is not JSON: ${messageOf(error)}`, { cause: error });
  }
}

export function toJsonArgument(text: string, name: string): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    throw new StigmerError("usage", `the value of ${name} is not JSON: ${text}`, {
      hint: "strings need quotes of their own: '\"like this\"'",
      cause: error,
    });
  }
}
