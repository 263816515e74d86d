import { DONE, FAILED, type Step } from "./machine.ts";
import type { ConditionNode, LookNode, RegexNode, RepeatNode } from "./node.ts";
import type { Pattern } from "./parse.ts";
import { PatternError } from "./pattern-error.ts";
import {
  assertStep,
  backreferenceStep,
  greedyRunStep,
  lazyRunStep,
  possessiveRunStep,
  setStep,
  textStep,
} from "./step.ts";

export interface Automaton {
  readonly steps: readonly Step[];
  readonly start: number;
  readonly registerCount: number;
}

const STEPS_MAX = 200_000;

/** Steps are put together from the end of the pattern to its start, so that each knows the one behind it. */
interface Assembly {
  readonly steps: Step[];
  registerCount: number;
  /** The bodies of groups that the pattern calls, each as a pattern of its own. */
  readonly groups: ReadonlyMap<number, RegexNode>;
  readonly called: Map<number, number>;
}

export function assemble(pattern: Pattern): Automaton {
  const assembly: Assembly = {
    steps: [],
    registerCount: (pattern.groupCount + 1) * 2,
    groups: groupsOf(pattern.root),
    called: new Map(),
  };
  const end = put(assembly, () => DONE);
  const start = build(assembly, pattern.root, end);
  return { steps: assembly.steps, start, registerCount: assembly.registerCount };
}

function put(assembly: Assembly, step: Step): number {
  if (assembly.steps.length > STEPS_MAX) throw new PatternError("too big regular expression");
  assembly.steps.push(step);
  return assembly.steps.length - 1;
}

type Kind = RegexNode["kind"];
type Node<K extends Kind> = { [P in K]: Extract<RegexNode, { kind: P }> }[K];
type Build<K extends Kind> = (assembly: Assembly, node: Node<K>, next: number) => number;

const BUILDERS: { readonly [K in Kind]: Build<K> } = {
  empty: (_assembly, _node, next) => next,
  set: (assembly, node, next) => put(assembly, setStep(node.set, next)),
  sequence: (assembly, node, next) => buildSequence(assembly, node.items, next),
  choice: (assembly, node, next) => buildChoice(assembly, node.items, next),
  repeat: buildRepeat,
  group: buildGroup,
  atomic: (assembly, node, next) => buildAtomic(assembly, node.body, next),
  look: buildLook,
  assert: (assembly, node, next) => put(assembly, assertStep(node.test, next)),
  backreference: (assembly, node, next) =>
    put(assembly, backreferenceStep(node.groups, node.isFolded, next)),
  keep: (assembly, _node, next) => put(assembly, keepStep(next)),
  call: (assembly, node, next) => buildCall(assembly, node.group(), next),
  condition: buildCondition,
};

/** Assembles a node in front of the step `next`; gives the number of its own first step. */
function build<K extends Kind>(assembly: Assembly, node: Node<K>, next: number): number {
  const builder: Build<K> = BUILDERS[node.kind];
  return builder(assembly, node, next);
}

function keepStep(next: number): Step {
  return (machine) => {
    machine.kept = machine.position;
    return next;
  };
}

function buildSequence(assembly: Assembly, items: readonly RegexNode[], next: number): number {
  let first = next;
  let index = items.length - 1;
  while (index >= 0) {
    const literal = literalEndingAt(items, index);
    if (literal.length > 1) {
      first = put(assembly, textStep(literal.join(""), first));
      index -= literal.length;
      continue;
    }
    const item = items[index];
    if (item !== undefined) first = build(assembly, item, first);
    index -= 1;
  }
  return first;
}

/** The letters that stand side by side up to an index and have one case only. */
function literalEndingAt(items: readonly RegexNode[], last: number): string[] {
  const letters: string[] = [];
  for (let index = last; index >= 0; index -= 1) {
    const item = items[index];
    if (item?.kind !== "set" || item.set.only === undefined) break;
    letters.unshift(String.fromCodePoint(item.set.only));
  }
  return letters;
}

function buildChoice(assembly: Assembly, items: readonly RegexNode[], next: number): number {
  let first = -1;
  for (const item of items.toReversed()) {
    const branch = build(assembly, item, next);
    first = first < 0 ? branch : split(assembly, branch, first);
  }
  return first;
}

/** Tries one step, and the other one when that fails. */
function split(assembly: Assembly, preferred: number, other: number): number {
  return put(assembly, (machine) => {
    machine.pushChoice(other, machine.position);
    return preferred;
  });
}

function buildGroup(assembly: Assembly, node: RegexNode & { kind: "group" }, next: number): number {
  const register = node.index * 2;
  const pending = assembly.registerCount;
  assembly.registerCount += 1;
  const close = put(assembly, (machine) => {
    machine.setRegister(register, machine.registers[pending] ?? -1);
    machine.setRegister(register + 1, machine.position);
    return next;
  });
  const body = build(assembly, node.body, close);
  return put(assembly, (machine) => {
    machine.setRegister(pending, machine.position);
    return body;
  });
}

function buildRepeat(assembly: Assembly, node: RepeatNode, next: number): number {
  if (node.max === 0) return next;
  if (node.body.kind === "set") return buildRun(assembly, node, next);
  if (node.mode === "possessive") {
    return buildAtomic(assembly, { ...node, mode: "greedy" }, next);
  }
  if (node.min === 0 && node.max === 1) {
    const body = build(assembly, node.body, next);
    return node.mode === "lazy" ? split(assembly, next, body) : split(assembly, body, next);
  }
  if (node.max === Number.POSITIVE_INFINITY && node.min <= 1)
    return buildLoop(assembly, node, next);
  return buildCounted(assembly, node, next);
}

function buildRun(assembly: Assembly, node: RepeatNode, next: number): number {
  if (node.body.kind !== "set") throw new Error("unreachable: a run is of one set");
  const { set } = node.body;
  if (node.mode === "greedy") return put(assembly, greedyRunStep(set, node, next));
  if (node.mode === "possessive") return put(assembly, possessiveRunStep(set, node, next));
  if (node.max !== Number.POSITIVE_INFINITY) return buildCounted(assembly, node, next);
  const more = put(assembly, lazyRunStep(set, assembly.steps.length, next));
  const optional = split(assembly, next, more);
  return node.min === 0
    ? optional
    : put(assembly, possessiveRunStep(set, { min: node.min, max: node.min }, optional));
}

/** `x*` and `x+`. A round that takes no letter ends the loop, which would else never end. */
function buildLoop(assembly: Assembly, node: RepeatNode, next: number): number {
  const mark = assembly.registerCount;
  assembly.registerCount += 1;
  let loop = next;
  const again = put(assembly, (machine) => {
    if (machine.registers[mark] === machine.position) return next;
    return loop;
  });
  const body = build(assembly, node.body, again);
  const enter = put(assembly, (machine) => {
    machine.setRegister(mark, machine.position);
    return body;
  });
  loop = node.mode === "lazy" ? split(assembly, next, enter) : split(assembly, enter, next);
  return node.min === 0 ? loop : enter;
}

/** `x{n,m}`: the rounds are counted in a register. */
function buildCounted(assembly: Assembly, node: RepeatNode, next: number): number {
  const { min, max, mode } = node;
  const counter = assembly.registerCount;
  const mark = counter + 1;
  assembly.registerCount += 2;
  let enter = next;
  const again = put(assembly, (machine) => {
    const count = machine.registers[counter] ?? 0;
    const isStuck = machine.registers[mark] === machine.position;
    if (count < min && !isStuck) return enter;
    if (count >= max || isStuck) return next;
    machine.pushChoice(mode === "lazy" ? enter : next, machine.position);
    return mode === "lazy" ? next : enter;
  });
  const body = build(assembly, node.body, again);
  enter = put(assembly, (machine) => {
    machine.setRegister(counter, (machine.registers[counter] ?? 0) + 1);
    machine.setRegister(mark, machine.position);
    return body;
  });
  return put(assembly, (machine) => {
    machine.setRegister(counter, 0);
    machine.setRegister(mark, -1);
    return again;
  });
}

function buildAtomic(assembly: Assembly, body: RegexNode, next: number): number {
  const end = put(assembly, () => DONE);
  const first = build(assembly, body, end);
  const { steps } = assembly;
  return put(assembly, (machine) => (machine.executeAtomic(steps, first) ? next : FAILED));
}

function buildLook(assembly: Assembly, node: LookNode, next: number): number {
  if (node.isBehind) return buildLookBehind(assembly, node, next);
  const end = put(assembly, () => DONE);
  const first = build(assembly, node.body, end);
  const { steps } = assembly;
  if (node.isNegative)
    return put(assembly, (machine) => (machine.probe(steps, first) ? FAILED : next));
  return put(assembly, (machine) => {
    const { position } = machine;
    if (!machine.executeAtomic(steps, first)) return FAILED;
    machine.position = position;
    return next;
  });
}

/** Looks back: tries every start before the position, the nearest first, for a match that ends there. */
function buildLookBehind(assembly: Assembly, node: LookNode, next: number): number {
  const target = assembly.registerCount;
  assembly.registerCount += 1;
  const end = put(assembly, (machine) =>
    machine.position === machine.registers[target] ? DONE : FAILED,
  );
  const first = build(assembly, node.body, end);
  const { steps } = assembly;
  return put(assembly, (machine) => {
    const { position } = machine;
    machine.setRegister(target, position);
    let isFound = false;
    for (let start = position; start >= 0 && !isFound; start -= 1) {
      machine.position = start;
      isFound = node.isNegative ? machine.probe(steps, first) : machine.executeAtomic(steps, first);
    }
    machine.position = position;
    return isFound === node.isNegative ? FAILED : next;
  });
}

/** `\g<name>`: runs a group's body again, as a whole of its own. */
function buildCall(assembly: Assembly, group: number, next: number): number {
  const known = assembly.called.get(group);
  const { steps } = assembly;
  if (known !== undefined) {
    return put(assembly, (machine) =>
      machine.executeAtomic(steps, assembly.called.get(group) ?? known) ? next : FAILED,
    );
  }
  assembly.called.set(group, 0);
  const end = put(assembly, () => DONE);
  const body = assembly.groups.get(group);
  if (body === undefined) throw new PatternError("undefined group reference");
  assembly.called.set(group, build(assembly, body, end));
  return put(assembly, (machine) =>
    machine.executeAtomic(steps, assembly.called.get(group) ?? end) ? next : FAILED,
  );
}

function buildCondition(assembly: Assembly, node: ConditionNode, next: number): number {
  const then = build(assembly, node.yes, next);
  const otherwise = build(assembly, node.no, next);
  return put(assembly, (machine) =>
    node.groups.some((group) => (machine.registers[group * 2 + 1] ?? -1) >= 0) ? then : otherwise,
  );
}

function groupsOf(root: RegexNode): Map<number, RegexNode> {
  const groups = new Map<number, RegexNode>();
  const visit = (node: RegexNode): void => {
    if (node.kind === "group") groups.set(node.index, node);
    if ("items" in node) node.items.forEach(visit);
    if ("body" in node) visit(node.body);
    if (node.kind === "condition") [node.yes, node.no].forEach(visit);
  };
  visit(root);
  return groups;
}
