import { type CodeSet, foldPoint, WORD } from "./code-set.ts";
import { FAILED, type Machine, pointAt, previous, type Step, widthOf } from "./machine.ts";
import type { Assertion } from "./node.ts";

/** One letter out of a set. */
export function setStep(set: CodeSet, next: number): Step {
  const { only } = set;
  if (only !== undefined && only < 0xd800) {
    return (machine) => {
      if (machine.text.charCodeAt(machine.position) !== only) return FAILED;
      machine.position += 1;
      return next;
    };
  }
  return (machine) => {
    const point = pointAt(machine.text, machine.position);
    if (point < 0 || !set.has(point)) return FAILED;
    machine.position += widthOf(point);
    return next;
  };
}

/** A stretch of letters that are each what they are. */
export function textStep(literal: string, next: number): Step {
  return (machine) => {
    if (!machine.text.startsWith(literal, machine.position)) return FAILED;
    machine.position += literal.length;
    return next;
  };
}

/** As many letters of a set as there are, and fewer when the rest does not fit. */
export function greedyRunStep(
  set: CodeSet,
  range: { min: number; max: number },
  next: number,
): Step {
  return (machine) => {
    const least = advance(machine, set, range.min);
    if (least < 0) return FAILED;
    const end = scan(machine.text, least, set, range.max - range.min);
    machine.position = end;
    if (end > least) machine.pushRun(next, end, least);
    return next;
  };
}

/** As few letters of a set as the rest allows; `self` is this step's own number, for one letter more. */
export function lazyRunStep(set: CodeSet, self: number, next: number): Step {
  return (machine) => {
    const point = pointAt(machine.text, machine.position);
    if (point < 0 || !set.has(point)) return FAILED;
    machine.position += widthOf(point);
    machine.pushChoice(self, machine.position);
    return next;
  };
}

/** As many letters of a set as there are, and no second thoughts. */
export function possessiveRunStep(
  set: CodeSet,
  range: { min: number; max: number },
  next: number,
): Step {
  return (machine) => {
    const least = advance(machine, set, range.min);
    if (least < 0) return FAILED;
    machine.position = scan(machine.text, least, set, range.max - range.min);
    return next;
  };
}

function advance(machine: Machine, set: CodeSet, count: number): number {
  let position = machine.position;
  for (let left = count; left > 0; left -= 1) {
    const point = pointAt(machine.text, position);
    if (point < 0 || !set.has(point)) return FAILED;
    position += widthOf(point);
  }
  return position;
}

function scan(text: string, start: number, set: CodeSet, most: number): number {
  const { latin } = set;
  let position = start;
  let left = most;
  while (left > 0) {
    const point = pointAt(text, position);
    if (point < 0) break;
    if (point < 256 ? latin[point] !== 1 : !set.test(point)) break;
    position += widthOf(point);
    left -= 1;
  }
  return position;
}

export function assertStep(test: Assertion, next: number): Step {
  const holds = ASSERTIONS[test];
  return (machine) => (holds(machine) ? next : FAILED);
}

const ASSERTIONS: Readonly<Record<Assertion, (machine: Machine) => boolean>> = {
  "text-start": ({ position }) => position === 0,
  "text-end": ({ position, text }) => position === text.length,
  "text-end-or-newline": ({ position, text }) =>
    position === text.length || (position === text.length - 1 && text.endsWith("\n")),
  "line-start": ({ position, text }) => position === 0 || text.charCodeAt(position - 1) === 10,
  "line-end": ({ position, text }) => position === text.length || text.charCodeAt(position) === 10,
  "word-boundary": (machine) => isWordBoundary(machine),
  "no-word-boundary": (machine) => !isWordBoundary(machine),
  "search-start": ({ position, searchStart }) => position === searchStart,
};

function isWordBoundary({ position, text }: Machine): boolean {
  const before = position > 0 && WORD.has(pointAt(text, previous(text, position)));
  const after = position < text.length && WORD.has(pointAt(text, position));
  return before !== after;
}

/** The text of the first of the groups that took part. */
export function backreferenceStep(
  groups: readonly number[],
  isFolded: boolean,
  next: number,
): Step {
  return (machine) => {
    for (const group of groups) {
      const start = machine.registers[group * 2] ?? -1;
      const end = machine.registers[group * 2 + 1] ?? -1;
      if (start < 0 || end < start) continue;
      const wanted = machine.text.slice(start, end);
      if (!isAt(machine, wanted, isFolded)) return FAILED;
      machine.position += wanted.length;
      return next;
    }
    return FAILED;
  };
}

function isAt(machine: Machine, wanted: string, isFolded: boolean): boolean {
  if (machine.text.startsWith(wanted, machine.position)) return true;
  if (!isFolded) return false;
  const found = machine.text.slice(machine.position, machine.position + wanted.length);
  return fold(found) === fold(wanted);
}

function fold(text: string): string {
  return Array.from(text, (letter) => foldPoint(letter.codePointAt(0) ?? 0)).join();
}
