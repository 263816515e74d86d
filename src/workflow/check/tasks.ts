import { parseDurationMs } from "../../base/duration.ts";
import { suggest } from "../../base/suggest.ts";
import { type CallHttp, type CallTask, isCallOf } from "../../dsl/call.ts";
import type { WorkflowDocument } from "../../dsl/document.ts";
import { parsePointer } from "../../dsl/pointer.ts";
import type { Problem } from "../../dsl/shape.ts";
import type { TryTask } from "../../dsl/try.ts";
import { type TaskSite, tasksOf } from "../../dsl/visit.ts";
import { agentProblems } from "../agent-arguments.ts";
import { isUsable } from "../authentication.ts";

type Path = readonly (string | number)[];

/** What is wrong with single tasks: kinds and calls that can't run yet, and what they would misunderstand. */
export function taskProblems(document: WorkflowDocument): Problem[] {
  const problems: Problem[] = [];
  for (const site of tasksOf(document)) {
    const base = parsePointer(site.pointer);
    for (const { path, ...problem } of problemsOf(site, document)) {
      const isShared = path[0] === "use";
      problems.push({ ...problem, path: isShared ? path : [...base, ...path] });
    }
  }
  return [...problems, ...durationProblems(document, [])];
}

function problemsOf({ task, kind }: TaskSite, document: WorkflowDocument): Problem[] {
  if (kind === "emit" || kind === "listen" || kind === "run") {
    const message = `tasks of kind "${kind}" are not supported yet`;
    return [{ path: [kind], part: "key", message }];
  }
  if ("try" in task) return catchProblems(task);
  return "call" in task ? callProblems(task, document) : [];
}

const FILTER_FIELDS = ["type", "status", "instance", "title", "detail", "details"];

/** The specification lets strangers stand in a filter; there they would catch more than their author meant. */
function catchProblems({ catch: { errors } }: TryTask): Problem[] {
  return [
    ...strangersIn(errors, ["with"], ["catch", "errors"]),
    ...strangersIn(errors?.with, FILTER_FIELDS, ["catch", "errors", "with"]),
  ];
}

function strangersIn(value: object | undefined, known: readonly string[], path: Path): Problem[] {
  return Object.keys(value ?? {})
    .filter((key) => !known.includes(key))
    .map((key) => ({
      path: [...path, key],
      part: "key",
      message: `unknown field "${key}", which nothing would read`,
      expected: `one of ${known.join(", ")}`,
      got: `"${key}"`,
    }));
}

const UNSUPPORTED = new Set(["grpc", "openapi", "asyncapi", "a2a", "mcp"]);

function callProblems(task: CallTask, { use = {} }: WorkflowDocument): Problem[] {
  if (isCallOf(task, "http")) {
    return [...uriProblems(task), ...authenticationProblems(task, use.authentications)];
  }
  const { call } = task;
  const functions = Object.keys(use.functions ?? {});
  if (functions.includes(call)) return [];
  if (call === "agent") {
    return agentProblems(task.with ?? {}, ["with"]);
  }
  if (UNSUPPORTED.has(call)) {
    return [{ path: ["call"], message: `"call: ${call}" is not supported yet` }];
  }
  if (call.includes("@") || call.includes("://")) {
    const message = `functions of catalogs and URIs are not supported yet: define "${call}" in use.functions`;
    return [{ path: ["call"], message }];
  }
  const candidates = ["http", "agent", ...functions];
  const suggestion = suggest(call, candidates);
  return [
    {
      path: ["call"],
      message: `unknown function "${call}"`,
      expected: `one of ${candidates.join(", ")}`,
      got: `"${call}"`,
      ...(suggestion === undefined ? {} : { suggestion }),
    },
  ];
}

/** A URI that begins with what the run fills in can't be judged; any other must name its protocol. */
function uriProblems({ with: { endpoint } }: CallHttp): Problem[] {
  const isPlain = typeof endpoint === "string";
  const uri = isPlain ? endpoint : endpoint.uri;
  if (/^\s*(?:https?:\/\/|\{|\$\{)/i.test(uri)) return [];
  return [
    {
      path: ["with", "endpoint", ...(isPlain ? [] : ["uri"])],
      message: "the URI can't be called: it is not absolute, or not of HTTP",
      expected: "a URI that begins with http:// or https://",
      got: `"${uri}"`,
    },
  ];
}

function authenticationProblems(
  { with: { endpoint } }: CallHttp,
  shared: Record<string, unknown> = {},
): Problem[] {
  const policy = typeof endpoint === "string" ? undefined : endpoint.authentication;
  if (!policy) return [];
  const name = "use" in policy && typeof policy.use === "string" ? policy.use : undefined;
  if (isUsable(name === undefined ? policy : shared[name])) return [];
  const path =
    name === undefined ? ["with", "endpoint", "authentication"] : ["use", "authentications", name];
  const message =
    "this authentication is not supported yet: basic and bearer with their values are";
  return [{ path, part: "key", message }];
}

const DURATION_FIELDS = new Set(["wait", "after", "delay", "duration", "from", "to"]);

/** Years and months are legal in ISO 8601 but have no fixed length. */
function durationProblems(value: unknown, path: Path): Problem[] {
  const key = path.at(-1);
  if (typeof value === "string" && DURATION_FIELDS.has(String(key)) && /^P\d/.test(value)) {
    return lengthProblems(value, path);
  }
  if (typeof value !== "object" || value === null) return [];
  const isData = ["set", "with", "document", "metadata"].includes(String(key));
  return isData
    ? []
    : Object.entries(value).flatMap(([name, child]) => durationProblems(child, [...path, name]));
}

function lengthProblems(text: string, path: Path): Problem[] {
  try {
    parseDurationMs(text);
    return [];
  } catch {
    const message = `"${text}" has no fixed length: years and months are not supported`;
    return [
      { path, message, expected: "weeks, days, hours, minutes or seconds", got: `"${text}"` },
    ];
  }
}
