import { type InputIssue, messageOf } from "../../base/errors.ts";
import type { WorkflowDocument } from "../../dsl/document.ts";
import { type ExpressionSite, expressionsOf } from "../../dsl/expressions.ts";
import { type Place, toInputIssue } from "../../dsl/issues.ts";
import { parsePointer } from "../../dsl/pointer.ts";
import { compile } from "../../jq/compile.ts";
import { JqSyntaxError } from "../../jq/errors.ts";
import type { Mode } from "../expression.ts";
import { soleExpression, splitTemplate, UnclosedExpression } from "../template.ts";

/** Variables of the language that this runtime does not have. */
const LATER = ["secrets", "authorization"];
const SHOWN_MAX = 200;

/**
 * Every expression is compiled, so that a misspelt one is known before the run, with its place in the file. With
 * `isLanguage` it is held to the language alone, not to what this runtime has of it.
 */
export function expressionIssues(
  document: WorkflowDocument,
  place: Place,
  { isLanguage }: { isLanguage: boolean },
): InputIssue[] {
  const mode = document.evaluate?.mode ?? "strict";
  const issues: InputIssue[] = [];
  const seen = new Set<string>();
  for (const found of expressionsOf(document)) {
    const site = isLanguage ? { ...found, variables: [...found.variables, ...LATER] } : found;
    if (seen.has(site.pointer)) continue;
    seen.add(site.pointer);
    const issue = issueOf(site, mode, place);
    if (issue) issues.push(issue);
  }
  return issues;
}

interface Piece {
  readonly text: string;
  readonly offset: number;
}

function issueOf(site: ExpressionSite, mode: Mode, place: Place): InputIssue | undefined {
  try {
    for (const piece of piecesOf(site, mode)) {
      const issue = compileIssue(piece, site, place);
      if (issue) return issue;
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof UnclosedExpression)) throw error;
    return issueAt(site, place, { offset: error.offset, message: error.message });
  }
}

function piecesOf({ text, form }: ExpressionSite, mode: Mode): Piece[] {
  if (form === "bare" && !text.includes("${")) return [{ text, offset: 0 }];
  if (!text.includes("${")) return [];
  const segments = splitTemplate(text);
  if (form === "bare" && !soleExpression(segments)) return [{ text, offset: 0 }];
  return mode === "loose" && form === "value"
    ? []
    : segments.flatMap((segment) => (segment.kind === "expression" ? [segment] : []));
}

function compileIssue(piece: Piece, site: ExpressionSite, place: Place): InputIssue | undefined {
  try {
    compile(piece.text, { variables: site.variables });
    return undefined;
  } catch (error) {
    const isSyntax = error instanceof JqSyntaxError;
    const offset = piece.offset + (isSyntax ? error.offset : 0);
    const reason = explain(messageOf(error), site);
    const hint = isSyntax && error.hint !== undefined ? ` (${error.hint})` : "";
    const got = excerpt(piece.text, offset - piece.offset);
    return issueAt(site, place, { offset, message: `${reason}${hint}`, got });
  }
}

/** The expression, or what of a long one is around the mistake. */
function excerpt(text: string, offset: number): string {
  const from = Math.max(0, offset - SHOWN_MAX / 2);
  const shown = text.slice(from, from + SHOWN_MAX).trim();
  return `${from > 0 ? "…" : ""}${shown}${from + SHOWN_MAX < text.length ? "…" : ""}`;
}

function explain(message: string, { variables }: ExpressionSite): string {
  const [, name = ""] = /^\$(\w+) is not defined/.exec(message) ?? [];
  if (LATER.includes(name)) return `$${name} is not supported yet`;
  if (name === "") return message;
  return `$${name} is not defined here; there are ${variables.map((known) => `$${known}`).join(", ")}`;
}

function issueAt(
  { pointer, text }: ExpressionSite,
  place: Place,
  { offset, ...found }: { offset: number; message: string; got?: string },
): InputIssue {
  const locate: Place["locate"] = place.locate && ((at, part) => place.locate?.(at, part, offset));
  const line = text.slice(0, offset).split("\n").length;
  const column = offset - text.lastIndexOf("\n", offset - 1);
  const message = `${found.message} (line ${line}, column ${column} of the expression)`;
  return toInputIssue({ path: parsePointer(pointer), ...found, message }, { ...place, locate });
}
