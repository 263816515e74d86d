import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.ts";
import type { CallHttp } from "../../dsl/call.ts";
import { performActivity } from "../activity.ts";
import { type Authentication, credentialsOf } from "../authentication.ts";
import { standardFault } from "../fault.ts";
import type { Work } from "../fiber.ts";
import { fillIn, fillTextIn, fillUriIn } from "../frame.ts";
import type { Frame, TaskResult } from "../run-state.ts";

/** Asks for the activity `http` with everything filled in; its value is the output. */
export function* callHttp({ with: args }: CallHttp, frame: Frame): Work<TaskResult> {
  const { endpoint } = args;
  const uri = fillUriIn(frame, typeof endpoint === "string" ? endpoint : endpoint.uri);
  const authentication: Authentication | undefined =
    typeof endpoint === "string" ? undefined : credentialsOf(endpoint.authentication, frame);
  const input: JsonObject = {
    method: fillTextIn(frame, args.method),
    uri,
    ...mapArgument("headers", args.headers, frame),
    ...mapArgument("query", args.query, frame),
    ...(args.body === undefined ? {} : { body: fillIn(frame, args.body) }),
    output: args.output ?? "content",
    redirect: args.redirect ?? false,
    ...(authentication === undefined ? {} : { authentication }),
  };
  const output = yield* performActivity(frame, { id: frame.position, name: "http", input });
  return { output };
}

function mapArgument(
  name: "headers" | "query",
  template: JsonValue | undefined,
  frame: Frame,
): JsonObject {
  if (template === undefined) return {};
  const value = fillIn(frame, template);
  if (!isJsonObject(value)) {
    throw standardFault("expression", `"with.${name}" must give an object`, frame.pointer);
  }
  return { [name]: name === "headers" ? textsOf(value) : value };
}

/** A header that an expression made null is left out; one that it made a list or an object is written as JSON. */
function textsOf(headers: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : value]),
  );
}
