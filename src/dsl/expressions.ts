import type { AuthenticationPolicy } from "./authentication.ts";
import { isCallOf } from "./call.ts";
import type { WorkflowDocument } from "./document.ts";
import { extendPointer } from "./pointer.ts";
import type { RetryPolicy } from "./retry.ts";
import type { Task } from "./task.ts";
import type { TryTask } from "./try.ts";
import { errorVariable, loopVariables, type TaskSite, tasksOf } from "./visit.ts";

/** A text of a document that is an expression, or may hold some. */
export interface ExpressionSite {
  readonly pointer: string;
  readonly text: string;
  /** `bare`: an expression by the nature of its field, with or without `${ }`; `value`: only where it says `${ }`. */
  readonly form: "bare" | "value";
  /** What it may use, without `$`. */
  readonly variables: readonly string[];
}

const ALWAYS = ["workflow", "runtime"];
const TASK = [...ALWAYS, "context", "task"];

/** Every text of a document that is evaluated when it runs, with the arguments that the specification gives it. */
export function* expressionsOf(document: WorkflowDocument): Generator<ExpressionSite> {
  yield* bare(document.input?.from, "/input/from", ALWAYS);
  yield* values(document.timeout, "/timeout", ALWAYS);
  for (const site of tasksOf(document)) yield* expressionsOfTask(site, document);
  yield* bare(document.output?.as, "/output/as", [...ALWAYS, "context"]);
}

function* expressionsOfTask(site: TaskSite, document: WorkflowDocument): Generator<ExpressionSite> {
  const { task, pointer, locals } = site;
  const before = [...TASK, ...locals];
  const inside = [...before, "input"];
  yield* bare(task.if, `${pointer}/if`, before);
  yield* bare(task.input?.from, `${pointer}/input/from`, before);
  yield* definition(site, inside, document);
  yield* values(task.timeout, `${pointer}/timeout`, inside);
  if (typeof task.timeout === "string") {
    const shared = extendPointer("/use/timeouts", task.timeout);
    yield* values(document.use?.timeouts?.[task.timeout], shared, inside);
  }
  yield* bare(task.output?.as, `${pointer}/output/as`, inside);
  yield* bare(task.export?.as, `${pointer}/export/as`, [...inside, "output"]);
}

/** What is the kind's own. */
function* definition(
  { task, pointer }: TaskSite,
  variables: readonly string[],
  document: WorkflowDocument,
): Generator<ExpressionSite> {
  if ("call" in task) {
    for (const [key, value] of Object.entries(task.with ?? {})) {
      if (key !== "subscription")
        yield* values(value, extendPointer(`${pointer}/with`, key), variables);
    }
    yield* sharedAuthentication(task, document, variables);
  } else if ("for" in task) {
    yield* bare(task.for.in, `${pointer}/for/in`, variables);
    yield* bare(task.while, `${pointer}/while`, [...variables, ...loopVariables(task)]);
  } else if ("switch" in task) {
    for (const [index, item] of task.switch.entries()) {
      for (const [name, { when }] of Object.entries(item)) {
        yield* bare(when, extendPointer(`${pointer}/switch`, index, name, "when"), variables);
      }
    }
  } else if ("try" in task) {
    yield* catches(task, `${pointer}/catch`, { variables, document });
  } else {
    yield* simple(task, pointer, { variables, document });
  }
}

interface Around {
  readonly variables: readonly string[];
  readonly document: WorkflowDocument;
}

function* simple(
  task: Task,
  pointer: string,
  { variables, document }: Around,
): Generator<ExpressionSite> {
  if ("set" in task) yield* values(task.set, `${pointer}/set`, variables);
  if ("wait" in task) yield* values(task.wait, `${pointer}/wait`, variables);
  if ("emit" in task) yield* values(task.emit, `${pointer}/emit`, variables);
  if ("run" in task) yield* values(task.run, `${pointer}/run`, variables);
  if (!("raise" in task)) return;
  const { error } = task.raise;
  if (typeof error !== "string") yield* values(error, `${pointer}/raise/error`, variables);
  else yield* values(document.use?.errors?.[error], extendPointer("/use/errors", error), variables);
}

function* catches(
  task: TryTask,
  pointer: string,
  { variables, document }: Around,
): Generator<ExpressionSite> {
  const { when, exceptWhen, retry } = task.catch;
  const withError = [...variables, errorVariable(task)];
  yield* bare(when, `${pointer}/when`, withError);
  yield* bare(exceptWhen, `${pointer}/exceptWhen`, withError);
  if (typeof retry !== "string") yield* retries(retry, `${pointer}/retry`, withError);
  else {
    const shared = extendPointer("/use/retries", retry);
    yield* retries(document.use?.retries?.[retry], shared, withError);
  }
}

function* retries(
  policy: RetryPolicy | undefined,
  pointer: string,
  variables: readonly string[],
): Generator<ExpressionSite> {
  if (!policy) return;
  const { when, exceptWhen, ...rest } = policy;
  yield* bare(when, `${pointer}/when`, variables);
  yield* bare(exceptWhen, `${pointer}/exceptWhen`, variables);
  yield* values(rest, pointer, variables);
}

/** The policy of `use.authentications` that an endpoint names. */
function* sharedAuthentication(
  task: Task,
  { use }: WorkflowDocument,
  variables: readonly string[],
): Generator<ExpressionSite> {
  if (!isCallOf(task, "http") || typeof task.with.endpoint === "string") return;
  const policy = task.with.endpoint.authentication;
  const name = policy && "use" in policy ? policy.use : undefined;
  if (typeof name !== "string") return;
  const shared: AuthenticationPolicy | undefined = use?.authentications?.[name];
  yield* values(shared, extendPointer("/use/authentications", name), variables);
}

/** A field that is an expression; where it holds an object or a list instead, those hold values. */
function* bare(
  value: unknown,
  pointer: string,
  variables: readonly string[],
): Generator<ExpressionSite> {
  if (typeof value === "string") yield { pointer, text: value, form: "bare", variables };
  else yield* values(value, pointer, variables);
}

function* values(
  value: unknown,
  pointer: string,
  variables: readonly string[],
): Generator<ExpressionSite> {
  if (typeof value === "string") yield { pointer, text: value, form: "value", variables };
  if (typeof value !== "object" || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    yield* values(child, extendPointer(pointer, key), variables);
  }
}
