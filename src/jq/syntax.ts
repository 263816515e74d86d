import type { JsonValue } from "../base/json.ts";
import type { SourceRange } from "./source.ts";

/** A program as a tree. Only nodes that the compiler may refuse carry the range they were written in. */
export type Syntax =
  | { readonly kind: "identity" | "recurse" }
  | { readonly kind: "literal"; readonly value: JsonValue }
  | {
      readonly kind: "string";
      readonly format: string;
      readonly parts: readonly (string | Syntax)[];
    }
  | { readonly kind: "format"; readonly format: string }
  | IndexSyntax
  | SliceSyntax
  | { readonly kind: "iterate"; readonly target: Syntax; readonly optional: boolean }
  | { readonly kind: "try"; readonly body: Syntax; readonly handler: Syntax | undefined }
  | { readonly kind: "negate"; readonly operand: Syntax }
  | PairSyntax
  | BinarySyntax
  | AssignSyntax
  | IfSyntax
  | FoldSyntax
  | { readonly kind: "define"; readonly definition: Definition; readonly body: Syntax }
  | CallSyntax
  | { readonly kind: "variable"; readonly name: string; readonly range: SourceRange }
  | BindSyntax
  | { readonly kind: "label"; readonly name: string; readonly body: Syntax }
  | { readonly kind: "break"; readonly name: string; readonly range: SourceRange }
  | { readonly kind: "array"; readonly items: Syntax | undefined }
  | { readonly kind: "object"; readonly entries: readonly ObjectEntry[] };

export interface IndexSyntax {
  readonly kind: "index";
  readonly target: Syntax;
  readonly key: Syntax;
  readonly optional: boolean;
}

export interface SliceSyntax {
  readonly kind: "slice";
  readonly target: Syntax;
  readonly from: Syntax | undefined;
  readonly to: Syntax | undefined;
  readonly optional: boolean;
}

export interface PairSyntax {
  readonly kind: "pipe" | "comma" | "and" | "or" | "alternative";
  readonly left: Syntax;
  readonly right: Syntax;
}

export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%";
export type BinaryOperator = ArithmeticOperator | "==" | "!=" | "<" | "<=" | ">" | ">=";

export interface BinarySyntax {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Syntax;
  readonly right: Syntax;
}

export interface AssignSyntax {
  readonly kind: "assign";
  /** `=` sets, `|=` modifies, `//=` sets what is null or false, and an arithmetic operator works on the old value. */
  readonly operator: "=" | "|=" | "//=" | ArithmeticOperator;
  readonly target: Syntax;
  readonly value: Syntax;
}

export interface IfSyntax {
  readonly kind: "if";
  readonly condition: Syntax;
  readonly yes: Syntax;
  readonly no: Syntax | undefined;
}

export interface FoldSyntax {
  readonly kind: "reduce" | "foreach";
  readonly source: Syntax;
  readonly patterns: readonly Pattern[];
  readonly initial: Syntax;
  readonly update: Syntax;
  readonly extract: Syntax | undefined;
}

export interface CallSyntax {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Syntax[];
  readonly range: SourceRange;
}

export interface BindSyntax {
  readonly kind: "bind";
  readonly source: Syntax;
  /** More than one when `?//` names alternatives. */
  readonly patterns: readonly Pattern[];
  readonly body: Syntax;
}

/** `def name(params): body;`. A `$value` parameter is bound by the body, which the parser has wrapped for that. */
export interface Definition {
  readonly name: string;
  readonly params: readonly string[];
  readonly body: Syntax;
  /** Whether the body calls anything of this very name and arity, so perhaps itself. */
  readonly isRecursive: boolean;
}

export interface ObjectEntry {
  readonly key: Syntax;
  readonly value: Syntax;
}

export type Pattern =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "list"; readonly items: readonly Pattern[] }
  | { readonly kind: "fields"; readonly fields: readonly FieldPattern[] };

export interface FieldPattern {
  /** The variable of `{$name}` or `{$name: pattern}`. */
  readonly name: string | undefined;
  readonly key: Syntax;
  readonly value: Pattern | undefined;
}

export const IDENTITY: Syntax = { kind: "identity" };

export function literal(value: JsonValue): Syntax {
  return { kind: "literal", value };
}
