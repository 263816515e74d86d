import type { InputIssue } from "../base/errors.ts";
import type { JsonValue } from "../base/json.ts";
import type { WorkflowDocument } from "../dsl/document.ts";
import { invalidDocument, type Place, toInputIssue } from "../dsl/issues.ts";
import { inspectWorkflow, invalidWorkflow } from "../dsl/parse.ts";
import { expressionIssues } from "./check/expressions.ts";
import { featureProblems } from "./check/features.ts";
import { schemaProblems } from "./check/schemas.ts";
import { taskProblems } from "./check/tasks.ts";

/**
 * Refuses a valid document that can't run: what the runtime does not have yet, fields that it would pass over in
 * silence, and expressions and schemas that could only fail. Every place is listed, so that nothing starts that can
 * be known to fail.
 */
export function checkRunnable(document: WorkflowDocument, place: Place = {}): void {
  const problems = [
    ...featureProblems(document),
    ...taskProblems(document),
    ...schemaProblems(document),
  ];
  const issues = [
    ...problems.map((problem) => toInputIssue(problem, place)),
    ...expressionIssues(document, place, { isLanguage: false }),
  ];
  if (issues.length === 0) return;
  throw invalidDocument(`${place.file ?? "the document"} is valid but can't run`, issues);
}

/** Parses a workflow; the error holds all that is wrong with it, its expressions included, in the order of the text. */
export function parseChecked(value: JsonValue, place: Place = {}): WorkflowDocument {
  const { document, issues } = inspectWorkflow(value, place);
  const misspelt = document ? expressionIssues(document, place, { isLanguage: true }) : [];
  if (document && issues.length + misspelt.length === 0) return document;
  if (issues.length > 0) throw invalidWorkflow([...issues, ...misspelt].toSorted(byPlace), place);
  throw invalidDocument(
    `${place.file ?? "the document"} has expressions that are not jq`,
    misspelt,
  );
}

function byPlace(a: InputIssue, b: InputIssue): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
