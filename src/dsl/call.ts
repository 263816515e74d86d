import type { z } from "zod";

import { A2aArguments } from "./call-a2a.ts";
import { defineAsyncApiArguments } from "./call-asyncapi.ts";
import { GrpcArguments } from "./call-grpc.ts";
import { HttpArguments } from "./call-http.ts";
import { McpArguments } from "./call-mcp.ts";
import { OpenApiArguments } from "./call-openapi.ts";
import { map, text } from "./scalar.ts";
import { choose, closed, isObject, mismatch, oneOf } from "./shape.ts";
import { taskBase } from "./task-base.ts";
import type { TaskListSchema } from "./task-list.ts";

const CallHttp = closed({ ...taskBase, call: oneOf("http"), with: HttpArguments });
const CallGrpc = closed({ ...taskBase, call: oneOf("grpc"), with: GrpcArguments });
const CallOpenApi = closed({ ...taskBase, call: oneOf("openapi"), with: OpenApiArguments });
const CallA2a = closed({ ...taskBase, call: oneOf("a2a"), with: A2aArguments });
const CallMcp = closed({ ...taskBase, call: oneOf("mcp"), with: McpArguments });
const defineCallAsyncApi = (tasks: TaskListSchema) =>
  closed({ ...taskBase, call: oneOf("asyncapi"), with: defineAsyncApiArguments(tasks) });
/** A function by its name, its place in a catalog (`name:version@catalog`), or its URI. */
const CallFunction = closed({ ...taskBase, call: text, with: map.optional() });

export type CallHttp = z.infer<typeof CallHttp>;
export type CallFunction = z.infer<typeof CallFunction>;
type CallAsyncApi = z.infer<ReturnType<typeof defineCallAsyncApi>>;
export type CallProtocol =
  | CallHttp
  | z.infer<typeof CallGrpc>
  | z.infer<typeof CallOpenApi>
  | z.infer<typeof CallA2a>
  | z.infer<typeof CallMcp>
  | CallAsyncApi;
export type CallTask = CallProtocol | CallFunction;

export function defineCall(tasks: TaskListSchema): z.ZodType<CallTask> {
  const byProtocol: Record<string, z.ZodType<CallProtocol>> = {
    http: CallHttp,
    grpc: CallGrpc,
    openapi: CallOpenApi,
    a2a: CallA2a,
    mcp: CallMcp,
    asyncapi: defineCallAsyncApi(tasks),
  };
  return choose<CallTask>((value) => {
    if (!isObject(value)) return mismatch(value, "an object");
    const called = value["call"];
    return (typeof called === "string" ? byProtocol[called] : undefined) ?? CallFunction;
  });
}

/** Whether a task calls by that protocol, and so has its arguments. */
export function isCallOf<P extends CallProtocol["call"]>(
  task: object,
  protocol: P,
): task is Extract<CallProtocol, { call: P }> {
  return "call" in task && task.call === protocol;
}
