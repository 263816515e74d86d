import type { CodeSet } from "./code-set.ts";

/** A regular expression as a tree. Case-insensitivity and the like are already worked into its parts. */
export type RegexNode =
  | { readonly kind: "empty" }
  | { readonly kind: "set"; readonly set: CodeSet }
  | { readonly kind: "sequence"; readonly items: readonly RegexNode[] }
  | { readonly kind: "choice"; readonly items: readonly RegexNode[] }
  | RepeatNode
  | { readonly kind: "group"; readonly index: number; readonly body: RegexNode }
  | { readonly kind: "atomic"; readonly body: RegexNode }
  | LookNode
  | { readonly kind: "assert"; readonly test: Assertion }
  | {
      readonly kind: "backreference";
      readonly groups: readonly number[];
      readonly isFolded: boolean;
    }
  | { readonly kind: "keep" }
  | { readonly kind: "call"; readonly group: () => number }
  | ConditionNode;

export interface RepeatNode {
  readonly kind: "repeat";
  readonly body: RegexNode;
  readonly min: number;
  readonly max: number;
  readonly mode: "greedy" | "lazy" | "possessive";
}

export interface LookNode {
  readonly kind: "look";
  readonly body: RegexNode;
  readonly isBehind: boolean;
  readonly isNegative: boolean;
}

export interface ConditionNode {
  readonly kind: "condition";
  readonly groups: readonly number[];
  readonly yes: RegexNode;
  readonly no: RegexNode;
}

export type Assertion =
  | "text-start"
  | "text-end"
  | "text-end-or-newline"
  | "line-start"
  | "line-end"
  | "word-boundary"
  | "no-word-boundary"
  | "search-start";
