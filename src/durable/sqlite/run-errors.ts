import { messageOf } from "../../base/errors.ts";
import type { RunError } from "../errors.ts";

const ERRORS = "https://serverlessworkflow.io/spec/1.0.0/errors";

/** The program asked for something that this engine does not have. */
export function configurationError(detail: string): RunError {
  return { type: `${ERRORS}/configuration`, status: 400, title: "unknown name", detail };
}

/** The journal says something of a run that cannot be read or followed. */
export function unreadableError(error: Error): RunError {
  const title = "the run could not be loaded";
  return { type: `${ERRORS}/runtime`, status: 500, title, detail: error.message };
}

/** Something of ours threw what it must not. */
export function runtimeError(error: unknown): RunError {
  const detail = messageOf(error);
  return { type: `${ERRORS}/runtime`, status: 500, title: "internal error", detail };
}
