import { StigmerError } from "../base/errors.ts";
import type { JsonValue } from "../base/json.ts";
import { WorkflowDocument } from "./document.ts";
import { invalidDocument, type Place, placeOf, toInputIssue } from "./issues.ts";
import { danglingReferences } from "./references.ts";
import { type Problem, toProblems } from "./shape.ts";
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
  const result = check(value, place);
  if (!result.success) throw invalid(toProblems(result.error, value), place);
  const problems = danglingReferences(result.data);
  if (problems.length > 0) throw invalid(problems, place);
  return result.data;
}

/** Each level of the value is some levels of the stack: a value that came as JSON may have more than there are. */
function check(value: JsonValue, place: Place): ReturnType<typeof WorkflowDocument.safeParse> {
  try {
    return WorkflowDocument.safeParse(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalid([{ path: [], message: "its tasks are nested too deep" }], place);
  }
}

function invalid(problems: readonly Problem[], place: Place): StigmerError {
  const issues = problems.map((problem) => toInputIssue(problem, place));
  return invalidDocument(`${place.file ?? "the document"} is not a valid workflow`, issues);
}
