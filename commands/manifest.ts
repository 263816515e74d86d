import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { type InputIssue, StigmerError } from "../src/base/errors.ts";
import { parseYamlDocuments, type SourceDocument } from "../src/dsl/source.ts";
import { type Manifest, parseManifest } from "./manifest/parse.ts";
import { cannotRead, readText } from "./read-input.ts";

const STDIN = "standard input";

/** `-f`, of every command that reads manifests. */
export const fileArgument = {
  type: "string",
  alias: "f",
  many: true,
  required: true,
  valueHint: "FILE|DIR|-",
  description: "A file, a folder of .yaml files, or standard input",
} as const;

/**
 * Reads every manifest of these files, folders and `-`, in order. All are checked before the first is given; with
 * `runnable` what is valid but can't run is refused too.
 */
export async function loadManifests(
  sources: readonly string[],
  options: { runnable: boolean },
): Promise<Manifest[]> {
  const files = sources.flatMap(filesOf);
  const documents: SourceDocument[] = [];
  const wrong: StigmerError[] = [];
  for (const file of files) {
    const text = await readText(file);
    collect(wrong, () => documents.push(...parseYamlDocuments(text, file === "-" ? STDIN : file)));
  }
  const manifests: Manifest[] = [];
  for (const document of documents) {
    collect(wrong, () => manifests.push(parseManifest(document)));
  }
  if (options.runnable) wrong.push(...manifests.flatMap(({ obstacle }) => obstacle ?? []));
  if (wrong.length > 0) throw merge(wrong);
  if (manifests.length === 0) throw nothingIn(sources);
  refuseTwins(manifests);
  return manifests;
}

/** A folder means the YAML files right in it. JSON is taken by name only: most JSON in a folder is data. */
function filesOf(source: string): string[] {
  if (source === "-") return [source];
  try {
    if (!statSync(source).isDirectory()) return [source];
    return readdirSync(source)
      .filter((name) => /\.ya?ml$/.test(name))
      .toSorted()
      .map((name) => join(source, name));
  } catch (cause) {
    throw cannotRead(source, cause);
  }
}

function collect(wrong: StigmerError[], work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof StigmerError) || error.code !== "invalid_input") throw error;
    wrong.push(error);
  }
}

/** One error for all that is wrong, so that a person mends everything at once. */
function merge(wrong: readonly StigmerError[]): StigmerError {
  const [first, ...others] = wrong;
  if (first && others.length === 0) return first;
  const issues = wrong.flatMap((error): readonly InputIssue[] =>
    error.issues.length > 0 ? error.issues : [{ message: error.message, pointer: "" }],
  );
  return new StigmerError("invalid_input", `${wrong.length} documents are not valid`, { issues });
}

function nothingIn(sources: readonly string[]): StigmerError {
  return new StigmerError("invalid_input", `no manifest in ${sources.join(", ")}`, {
    hint: "a manifest is YAML or JSON with apiVersion, kind, metadata and spec; of a folder, .yaml and .yml files are read",
  });
}

/** The second of two manifests of one thing would silently win. */
function refuseTwins(manifests: readonly Manifest[]): void {
  const seen = new Map<string, Manifest>();
  for (const manifest of manifests) {
    const twin = seen.get(manifest.label);
    if (twin) {
      const issues = [twin, manifest].map(toIssue);
      throw new StigmerError("invalid_input", `${manifest.label} is there twice`, { issues });
    }
    seen.set(manifest.label, manifest);
  }
}

function toIssue({ label, place }: Manifest): InputIssue {
  return { message: label, pointer: "", ...place };
}
