import type { JsonValue } from "../../base/json.ts";
import { chain, type Code, many, one } from "../code.ts";
import type { Env } from "../env.ts";
import type { BinaryOperator, BinarySyntax, Syntax } from "../syntax.ts";
import { add, divide, modulo, multiply, negate, subtract } from "../values/arithmetic.ts";
import { compare, equal } from "../values/order.ts";
import { inner, type Place } from "./place.ts";

type Operation = (left: JsonValue, right: JsonValue, env: Env) => JsonValue;

const OPERATIONS: Readonly<Record<BinaryOperator, Operation>> = {
  "+": (left, right, env) => add(left, right, env.run),
  "-": (left, right, env) => subtract(left, right, env.run),
  "*": (left, right, env) => multiply(left, right, env.run),
  "/": (left, right, env) => divide(left, right, env.run),
  "%": (left, right) => modulo(left, right),
  "==": (left, right) => equal(left, right),
  "!=": (left, right) => !equal(left, right),
  "<": (left, right) => compare(left, right) < 0,
  "<=": (left, right) => compare(left, right) <= 0,
  ">": (left, right) => compare(left, right) > 0,
  ">=": (left, right) => compare(left, right) >= 0,
};

export function operationOf(operator: BinaryOperator): Operation {
  return OPERATIONS[operator];
}

/** The right side is the outer loop, and so it is also the first to fail. */
export function compileBinary(syntax: BinarySyntax, place: Place): Code {
  const left = place.compiler.code(syntax.left, inner(place));
  const right = place.compiler.code(syntax.right, inner(place));
  if (left.kind === "one" && right.kind === "one") {
    return simpleBinary(syntax.operator, left.get, right.get);
  }
  const apply = OPERATIONS[syntax.operator];
  return many((input, env, emit) =>
    right.each(input, env, (b) => left.each(input, env, (a) => emit(apply(a, b, env)))),
  );
}

type Get = (input: JsonValue, env: Env) => JsonValue;

function simpleBinary(operator: BinaryOperator, left: Get, right: Get): Code {
  if (operator === "+") {
    return one((input, env) => {
      const b = right(input, env);
      const a = left(input, env);
      return typeof a === "number" && typeof b === "number" ? a + b : add(a, b, env.run);
    });
  }
  if (operator === "==" || operator === "!=") return simpleEquality(operator === "==", left, right);
  const apply = OPERATIONS[operator];
  return one((input, env) => {
    const b = right(input, env);
    return apply(left(input, env), b, env);
  });
}

function simpleEquality(isWanted: boolean, left: Get, right: Get): Code {
  return one((input, env) => {
    const b = right(input, env);
    return equal(left(input, env), b) === isWanted;
  });
}

export function compileNegate(operand: Syntax, place: Place): Code {
  return chain(place.compiler.code(operand, inner(place)), negate);
}
