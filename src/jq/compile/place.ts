import type { Code } from "../code.ts";
import type { SourceRange } from "../source.ts";
import type { SpotEach } from "../spot.ts";
import type { Definition, Syntax } from "../syntax.ts";
import type { Update } from "../update.ts";

/** A name that is known at a place of the program, and the names around it. */
export type Scope = ScopeEntry | undefined;
export type ScopeEntry =
  VariableEntry | FunctionEntry | ArgumentEntry | ParameterEntry | LabelEntry;

interface EntryBase {
  readonly name: string;
  readonly up: Scope;
}

/** `level` counts the bindings from the root of the run-time scope. */
export interface VariableEntry extends EntryBase {
  readonly kind: "variable";
  readonly level: number;
}

export interface LabelEntry extends EntryBase {
  readonly kind: "label";
  readonly level: number;
}

/** A parameter of a function that is compiled once: its argument is a closure in the run-time scope. */
export interface ParameterEntry extends EntryBase {
  readonly kind: "parameter";
  readonly level: number;
}

/** A parameter of a function that is compiled into its caller: the argument stands for it. */
export interface ArgumentEntry extends EntryBase {
  readonly kind: "argument";
  readonly syntax: Syntax;
  readonly scope: Scope;
}

export interface FunctionEntry extends EntryBase {
  readonly kind: "function";
  readonly definition: Definition;
  readonly level: number;
  /** Made when the first call needs it. */
  procedure: Procedure | undefined;
}

/** A function that is compiled once and called; `kind` says how many outputs its callers may count on. */
export interface Procedure {
  readonly kind: Code["kind"];
  code: Code | undefined;
  spots: SpotEach | undefined;
}

/** Where an expression stands while it is compiled. */
export interface Place {
  readonly scope: Scope;
  /** How many bindings surround the expression when it runs. */
  readonly level: number;
  /** Whether the expression's outputs are those of the function it stands in, so that nothing waits for a call. */
  readonly isTail: boolean;
  readonly compiler: Compiler;
}

/** The compiler as its parts see each other. */
export interface Compiler {
  readonly source: string;
  readonly code: (syntax: Syntax, place: Place) => Code;
  readonly spots: (syntax: Syntax, place: Place) => SpotEach;
  /** How to change the places an expression names in one walk, or undefined when that takes their paths. */
  readonly update: (syntax: Syntax, place: Place) => Update | undefined;
  readonly fail: (message: string, range: SourceRange, hint?: string) => Error;
  /** Names of the variables that the host will give; undefined when they are not known beforehand. */
  readonly globals: ReadonlySet<string> | undefined;
  readonly library: Map<string, FunctionEntry>;
  /** How many more calls may be replaced by the function's body, and how many are being replaced now. */
  inlinesLeft: number;
  inlineDepth: number;
  procedureDepth: number;
}

export function inner(place: Place): Place {
  return place.isTail ? { ...place, isTail: false } : place;
}

export function withVariable(place: Place, name: string): Place {
  const scope: ScopeEntry = { kind: "variable", name, level: place.level + 1, up: place.scope };
  return { ...place, scope, level: place.level + 1 };
}
