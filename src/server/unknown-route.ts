import { StigmerError } from "../base/errors.ts";
import { suggest } from "../base/suggest.ts";
import { HttpError } from "./http-error.ts";
import type { Route } from "./route.ts";

/** The error for a request that no route takes: a wrong method (405) or a wrong path (404), with what is there. */
export function unknownRoute(
  routes: readonly Route[],
  { method, path }: { method: string; path: string },
): StigmerError {
  const known = routes.filter(({ spec }) => spec.access !== "internal");
  const methods = known
    .filter(({ spec }) => matches(spec.path, path))
    .map(({ spec }) => spec.method.toUpperCase());
  if (methods.length === 0) return noPath(known, path);
  const allow = methods.join(", ");
  return new HttpError(405, "usage", `${path} can't be asked with ${method}`, {
    hint: `use ${allow}`,
    headers: { allow },
  });
}

function noPath(known: readonly Route[], path: string): StigmerError {
  const paths = [...new Set(known.map(({ spec }) => spec.path))];
  const near = suggest(path, paths);
  return new StigmerError("not_found", `there is nothing at ${path}`, {
    hint: near ? `did you mean ${near}?` : `the API begins at ${paths.join(", ")}; see /docs`,
  });
}

function matches(template: string, path: string): boolean {
  const parts = path.split("/");
  const templateParts = template.split("/");
  return (
    parts.length === templateParts.length &&
    templateParts.every((part, index) => part.startsWith("{") || part === parts[index])
  );
}
