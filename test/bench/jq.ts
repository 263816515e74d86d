import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { loadJq } from "jq-wasm";

import type { JsonObject, JsonValue } from "../../src/base/json.ts";
import { compile } from "../../src/jq/compile.ts";
import { createRandom } from "../jq/random.ts";
import { type BenchRow, median, renderRows } from "./bench-row.ts";

const SHAPE_MICROSECONDS_MAX = 5;
const COMPILE_MICROSECONDS_MAX = 100;
const WASM_RATIO_MIN = 5;
const DEBIAN_RATIO_MAX = 3;
const LARGE_BYTES = 50_000_000;
const ROUNDS = 5;

/** What workflows ask most. */
const SHAPES = [
  ".customer.name",
  ".items | length",
  '.total > 100 and .status == "paid"',
  "{id, name: .customer.name}",
  ".items | map(.qty * .price) | add",
  "[.items[] | select(.price > 50) | .sku]",
  '.meta // "none"',
  '"order \\(.id) is \\(.status)"',
  'if .total > 100 then "big" else "small" end',
  ". + {done: true}",
  '.customer.tags | join(",")',
  '$context.user + ":" + .id',
  ".items |= map(.qty += 1)",
  "to_entries | map(.key)",
  '.customer.email | test("^[^@]+@[^@]+$")',
  "any(.items[]; .qty > 1)",
  "reduce .items[] as $item (0; . + $item.qty)",
  ".items | sort_by(.price) | .[-1].sku",
  "first(.items[] | select(.qty == 1)) | .sku",
  ".items | group_by(.price) | map(length)",
] as const;

const ORDER: JsonObject = {
  id: "o-17",
  status: "paid",
  total: 129.5,
  customer: { name: "Ada", email: "ada@example.org", tags: ["vip", "eu"] },
  items: [
    { sku: "a", qty: 2, price: 10 },
    { sku: "b", qty: 1, price: 99.5 },
    { sku: "c", qty: 1, price: 10 },
  ],
  meta: null,
};

export async function benchJq(): Promise<BenchRow[]> {
  return [...shapeRows(), compileRow(), await wasmRow(), ...debianRows()];
}

function shapeRows(): BenchRow[] {
  const times = SHAPES.map((text) => [text, microsecondsOf(text)] as const);
  const slowest = times.reduce((worst, time) => (time[1] > worst[1] ? time : worst));
  return [
    row("an expression, the middle one of 20", median(times.map(([, time]) => time))),
    row(`an expression, the slowest: ${slowest[0]}`, slowest[1]),
  ];
}

function row(name: string, value: number): BenchRow {
  return {
    name,
    value,
    unit: "µs",
    budget: `under ${SHAPE_MICROSECONDS_MAX} µs`,
    isWithinBudget: value < SHAPE_MICROSECONDS_MAX,
  };
}

function microsecondsOf(text: string): number {
  const program = compile(text);
  const variables = { context: { user: "ada" } };
  const options = { fuel: 1_000_000, nowMs: 0 };
  return timeOf(20_000, () => program.first(ORDER, variables, options));
}

/** Microseconds a call, the middle of some rounds; the first one only warms up. */
function timeOf(calls: number, call: (index: number) => unknown): number {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const start = performance.now();
    for (let index = 0; index < calls; index += 1) call(round * calls + index);
    if (round > 0) rounds.push(((performance.now() - start) * 1_000) / calls);
  }
  return median(rounds);
}

/** Each text is another one, so that none comes from the cache. */
function compileRow(): BenchRow {
  const value = timeOf(500, (index) =>
    compile(`${SHAPES[index % SHAPES.length] ?? "."} | [., ${index}]`),
  );
  return {
    name: "compile an expression",
    value,
    unit: "µs",
    budget: `under ${COMPILE_MICROSECONDS_MAX} µs`,
    isWithinBudget: value < COMPILE_MICROSECONDS_MAX,
  };
}

const FILTER = "map(select(.active) | {id, city: .address.city}) | group_by(.city) | map(length)";

async function wasmRow(): Promise<BenchRow> {
  const users = createUsers(1_000_000);
  const jq = await loadJq();
  const program = compile(FILTER);
  const ours = timeOf(10, () => JSON.stringify(program.first(JSON.parse(JSON.stringify(users)))));
  const theirs = timeOf(3, () => jq.json(users, FILTER));
  const ratio = theirs / ours;
  return {
    name: "a filter on 1 MB, text in and out",
    value: ours / 1_000,
    unit: "ms",
    against: "faster than jq-wasm",
    ratio,
    budget: `at least ${WASM_RATIO_MIN}x`,
    isWithinBudget: ratio >= WASM_RATIO_MIN,
  };
}

function debianRows(): BenchRow[] {
  const jq = Bun.which("jq");
  if (jq === null) return [];
  const folder = mkdtempSync(join(tmpdir(), "stigmer-bench-jq-"));
  try {
    const file = join(folder, "users.json");
    writeFileSync(file, JSON.stringify(createUsers(LARGE_BYTES)));
    return [".[].name", FILTER].map((filter) => debianRow(jq, filter, file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function debianRow(jq: string, filter: string, file: string): BenchRow {
  const own = [process.execPath, join(import.meta.dir, "../jq/cli.ts")];
  const ours = secondsOf([...own, "-c", filter, file]);
  const theirs = secondsOf([jq, "-c", filter, file]);
  const ratio = ours / theirs;
  return {
    name: `a 50 MB file: ${filter}`,
    value: ours,
    unit: "s",
    against: "the time of the jq command",
    ratio,
    budget: `at most ${DEBIAN_RATIO_MAX}x`,
    isWithinBudget: ratio <= DEBIAN_RATIO_MAX,
  };
}

function secondsOf(command: string[]): number {
  const start = performance.now();
  const { exitCode } = Bun.spawnSync(command, { stdout: "ignore", stderr: "inherit" });
  if (exitCode !== 0) throw new Error(`${command.join(" ")} ended with ${exitCode}`);
  return (performance.now() - start) / 1_000;
}

/** Records of people, as many as make that much text. */
function createUsers(bytes: number): JsonValue[] {
  const random = createRandom(7);
  const users: JsonValue[] = [];
  for (let written = 0; written < bytes;) {
    const id = users.length;
    const user = {
      id,
      name: `user ${random.below(1_000_000)}`,
      email: `user${id}@example.org`,
      score: random.below(10_000) / 100,
      active: random.below(2) === 0,
      tags: ["new", "vip", "eu"].slice(random.below(4)),
      address: { city: `Town ${random.below(1_000)}`, zip: String(random.below(100_000)) },
    };
    users.push(user);
    written += JSON.stringify(user).length + 1;
  }
  return users;
}

if (import.meta.main) console.log(renderRows(await benchJq()));
