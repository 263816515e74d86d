import { expect, test } from "bun:test";
import { existsSync } from "node:fs";

import { Glob } from "bun";

import { messageOf, StigmerError } from "../../src/base/errors.ts";
import { parseWorkflow } from "../../src/dsl/parse.ts";
import { randomOf } from "./mutate.ts";

const data = "../shared/conformance/examples/main";
const isHere = existsSync(data);
if (!isHere) console.log(`skipped: ${data} is missing, so its examples can't be mangled`);

const MANGLED = 3_000;
const scraps = [
  ..."{}[]:,-#&*!|>'\"%@`\t\n ".split(""),
  "---",
  "${",
  "? ",
  "<<: ",
  "\u0000",
  "\ud800",
  "é",
  "&a [*a]",
];

test.skipIf(!isHere)(
  "a mangled text is parsed or refused with places, whatever it is",
  async () => {
    const random = randomOf(7);
    const texts = await Promise.all(
      [...new Glob("*.yaml").scanSync(data)].map((file) => Bun.file(`${data}/${file}`).text()),
    );

    const odd: string[] = [];
    for (let count = 0; count < MANGLED; count += 1) {
      const text = mangle(texts[random(texts.length)] ?? "", random);
      const complaint = complaintOf(text);
      if (complaint !== undefined) odd.push(`${complaint}: ${JSON.stringify(text)}`);
    }

    expect(odd).toEqual([]);
  },
);

function complaintOf(text: string): string | undefined {
  try {
    parseWorkflow(text, { file: "w.yaml" });
    return undefined;
  } catch (error) {
    if (!(error instanceof StigmerError)) return messageOf(error);
    const lines = text.split("\n").length;
    const isPlaced = error.issues.every(
      ({ line = 0, column = 0, message }) =>
        line >= 1 && line <= lines + 1 && column >= 1 && message !== "",
    );
    return isPlaced ? undefined : `no place in ${JSON.stringify(error.issues)}`;
  }
}

function mangle(text: string, random: (below: number) => number): string {
  const at = random(text.length);
  const scrap = scraps[random(scraps.length)] ?? "";
  const kind = random(4);
  if (kind === 0) return text.slice(0, at);
  if (kind === 1) return text.slice(0, at) + scrap + text.slice(at);
  if (kind === 2) return text.slice(0, at) + scrap + text.slice(at + 1 + random(8));
  return text.slice(0, at) + text.slice(at + 1 + random(20));
}
