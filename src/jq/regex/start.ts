import { type CodeSet, union } from "./code-set.ts";
import { pointAt } from "./machine.ts";
import type { RegexNode } from "./node.ts";

/** Knows where a match may begin, so that a search need not try every place. */
export interface Start {
  /** The first place at or behind `from` where a match may begin, or -1. */
  readonly next: (text: string, from: number) => number;
}

export function startOf(root: RegexNode): Start {
  if (isAnchored(root)) return { next: (_text, from) => (from === 0 ? 0 : -1) };
  const literal = literalOf(root);
  if (literal !== "") return { next: (text, from) => text.indexOf(literal, from) };
  const set = firstSet(root);
  if (set === undefined) return { next: nextPlace };
  return {
    next: (text, from) => {
      for (let at = nextPlace(text, from); at >= 0; at = nextPlace(text, at + 1)) {
        if (at < text.length && set.has(pointAt(text, at))) return at;
      }
      return -1;
    },
  };
}

/** Every place that is not inside a code point. */
function nextPlace(text: string, from: number): number {
  if (from > text.length) return -1;
  const isLow = (text.charCodeAt(from) & 0xfc00) === 0xdc00;
  return isLow && from > 0 && (text.charCodeAt(from - 1) & 0xfc00) === 0xd800 ? from + 1 : from;
}

function isAnchored(node: RegexNode): boolean {
  if (node.kind === "assert") return node.test === "text-start";
  if (node.kind === "group" || node.kind === "atomic") return isAnchored(node.body);
  if (node.kind === "choice") return node.items.every(isAnchored);
  return node.kind === "sequence" && node.items[0] !== undefined && isAnchored(node.items[0]);
}

/** The letters that every match begins with. */
function literalOf(node: RegexNode): string {
  const items = node.kind === "sequence" ? node.items : [node];
  let text = "";
  for (const item of items) {
    if (item.kind !== "set" || item.set.only === undefined) break;
    text += String.fromCodePoint(item.set.only);
  }
  return text;
}

/** The letters that a match may begin with; undefined when it may also be empty or it is hard to say. */
function firstSet(node: RegexNode): CodeSet | undefined {
  if (node.kind === "set") return node.set;
  if (node.kind === "group" || node.kind === "atomic") return firstSet(node.body);
  if (node.kind === "repeat") return node.min > 0 ? firstSet(node.body) : undefined;
  if (node.kind === "sequence") {
    return node.items[0] === undefined ? undefined : firstSet(node.items[0]);
  }
  if (node.kind !== "choice") return undefined;
  const sets = node.items.flatMap((item) => firstSet(item) ?? []);
  return sets.length === node.items.length ? union(sets) : undefined;
}
