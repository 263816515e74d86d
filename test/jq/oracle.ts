import { type Jq, loadJq } from "jq-wasm";

import type { JsonValue } from "../../src/base/json.ts";

export interface Case {
  readonly program: string;
  readonly input: JsonValue;
}

/** What a program gave: all its outputs, or the error that ended it. */
export type Outcome = { readonly outputs: JsonValue[] } | { readonly error: JsonValue };

/**
 * jq itself, as WebAssembly. It takes half a millisecond a call however small the program, so many are put into one;
 * a stack overflow breaks an instance for good, so that a new one is made.
 */
export class Oracle {
  private jq: Jq | undefined;

  async run(cases: readonly Case[]): Promise<(Outcome | undefined)[]> {
    const parts = cases.map(
      ({ program }, index) => `(.[${index}] | try {outputs: [${program}\n]} catch {error: .})`,
    );
    const inputs = cases.map(({ input }) => input);
    const outcomes = await this.call(inputs, `[${parts.join(",")}]`);
    if (outcomes !== undefined) return outcomes;
    if (cases.length === 1) return [undefined];
    const middle = cases.length >> 1;
    return [...(await this.run(cases.slice(0, middle))), ...(await this.run(cases.slice(middle)))];
  }

  private async call(inputs: JsonValue[], program: string): Promise<Outcome[] | undefined> {
    this.jq ??= await loadJq();
    try {
      const [outcomes] = this.jq.json<Outcome[]>(inputs, program);
      return outcomes;
    } catch {
      this.jq = undefined;
      return undefined;
    }
  }
}
