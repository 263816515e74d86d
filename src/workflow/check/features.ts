import { suggest } from "../../base/suggest.ts";
import { documentFields, type WorkflowDocument } from "../../dsl/document.ts";
import type { Problem } from "../../dsl/shape.ts";

/** What a document asks for as a whole. */
export function featureProblems(document: WorkflowDocument): Problem[] {
  const { use = {}, evaluate } = document;
  const problems = [...strangers(document), ...versionProblems(document)];
  const add = (path: readonly string[], message: string): void => {
    problems.push({ path, part: "key", message });
  };
  if (document.schedule)
    add(["schedule"], "schedules are not supported yet: start the run by hand");
  if ((use.secrets ?? []).length > 0) add(["use", "secrets"], "secrets are not supported yet");
  if ((use.extensions ?? []).length > 0)
    add(["use", "extensions"], "extensions are not supported yet");
  if (Object.keys(use.catalogs ?? {}).length > 0) {
    add(
      ["use", "catalogs"],
      "catalogs are not supported yet: define the function in use.functions",
    );
  }
  if (evaluate?.language !== undefined && evaluate.language !== "jq") {
    add(["evaluate", "language"], `expressions are jq here, not "${evaluate.language}"`);
  }
  return problems;
}

/** The specification allows any field beside its own; one that means nothing here is most often a typing error. */
function strangers(document: WorkflowDocument): Problem[] {
  const known = Object.keys(documentFields);
  return Object.keys(document)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const suggestion = suggest(key, known);
      const problem: Problem = {
        path: [key],
        part: "key",
        message: `unknown field "${key}", which nothing would read`,
        expected: `one of ${known.join(", ")}`,
        got: `"${key}"`,
      };
      return suggestion === undefined ? problem : Object.assign(problem, { suggestion });
    });
}

function versionProblems({ document: { dsl } }: WorkflowDocument): Problem[] {
  if (dsl.startsWith("1.0.")) return [];
  return [
    {
      path: ["document", "dsl"],
      message: `version ${dsl} of the language is not supported`,
      expected: "a version 1.0.x",
      got: `"${dsl}"`,
    },
  ];
}
