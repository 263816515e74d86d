import { type InputIssue, StigmerError } from "../base/errors.ts";
import type { JsonValue } from "../base/json.ts";
import { WorkflowDocument } from "./document.ts";
import { invalidDocument, type Place, placeOf, toInputIssue } from "./issues.ts";
import { danglingReferences } from "./references.ts";
import { toProblems } from "./shape.ts";
import { soundParts } from "./sound-parts.ts";
import { parseYamlDocuments } from "./source.ts";

/** Parses one workflow, written in YAML or JSON. Each issue of the error says where, what was expected, what was got. */
export function parseWorkflow(text: string, options: { file?: string } = {}): WorkflowDocument {
  const [source, second] = parseYamlDocuments(text, options.file);
  const what = options.file ?? "the document";
  if (!source) throw new StigmerError("invalid_input", `${what} is empty`);
  if (second) {
    throw new StigmerError("invalid_input", `${what} holds more than one document`, {
      hint: "a workflow is one document; put others in files of their own",
    });
  }
  return parseWorkflowValue(source.value, placeOf(source));
}

/** The same for a value that was parsed before, such as the `spec` of a manifest. */
export function parseWorkflowValue(value: JsonValue, place: Place = {}): WorkflowDocument {
  const { document, issues } = inspectWorkflow(value, place);
  if (document && issues.length === 0) return document;
  throw invalidWorkflow(issues, place);
}

/** All that is wrong with a workflow, and the document: where something is wrong, what is sound of it. */
export function inspectWorkflow(
  value: JsonValue,
  place: Place = {},
): { document: WorkflowDocument | undefined; issues: InputIssue[] } {
  const result = check(value, place);
  const wrong = result.success ? [] : toProblems(result.error, value);
  const document = result.success ? result.data : soundParts(value, wrong);
  // What `use` defines is not known where it is wrong itself.
  const isDefined = document && !wrong.some(({ path }) => path[0] === "use");
  const problems = [...wrong, ...(isDefined ? danglingReferences(document) : [])];
  return { document, issues: problems.map((problem) => toInputIssue(problem, place)) };
}

/** Each level of the value is some levels of the stack: a value that came as JSON may have more than there are. */
function check(value: JsonValue, place: Place): ReturnType<typeof WorkflowDocument.safeParse> {
  try {
    return WorkflowDocument.safeParse(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const issue = toInputIssue({ path: [], message: "its tasks are nested too deep" }, place);
    throw invalidWorkflow([issue], place);
  }
}

export function invalidWorkflow(issues: readonly InputIssue[], place: Place): StigmerError {
  return invalidDocument(`${place.file ?? "the document"} is not a valid workflow`, issues);
}
