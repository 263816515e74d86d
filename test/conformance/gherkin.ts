/** One step of a scenario, without its keyword, and the text block below it. */
export interface Step {
  readonly text: string;
  readonly block: string | undefined;
}

export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** Reads the part of Gherkin that the conformance kit uses: scenarios, steps and their text blocks. */
export function parseFeature(source: string): Scenario[] {
  const scenarios: { name: string; steps: { text: string; block: string | undefined }[] }[] = [];
  let block: string[] | undefined;
  for (const line of source.split("\n")) {
    const text = line.trim();
    const steps = scenarios.at(-1)?.steps;
    const step = steps?.at(-1);
    if (text.startsWith('"""')) {
      if (block && step) step.block = dedent(block);
      block = block ? undefined : [];
    } else if (block) {
      block.push(line);
    } else if (text.startsWith("Scenario:")) {
      scenarios.push({ name: text.slice("Scenario:".length).trim(), steps: [] });
    } else {
      const [, words] = /^(?:Given|When|Then|And) (.+)$/.exec(text) ?? [];
      if (words !== undefined) steps?.push({ text: words, block: undefined });
    }
  }
  return scenarios;
}

function dedent(lines: readonly string[]): string {
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  const indent = Math.min(...indents);
  return lines.map((line) => line.slice(indent)).join("\n");
}
