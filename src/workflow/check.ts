import type { WorkflowDocument } from "../dsl/document.ts";
import { invalidDocument, type Place, toInputIssue } from "../dsl/issues.ts";
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

/** Refuses a document with an expression that no runtime of the language could evaluate. */
export function checkExpressions(document: WorkflowDocument, place: Place = {}): void {
  const issues = expressionIssues(document, place, { isLanguage: true });
  if (issues.length === 0) return;
  throw invalidDocument(`${place.file ?? "the document"} has expressions that are not jq`, issues);
}
