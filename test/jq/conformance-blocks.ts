/** One block of jq's own test files: a program, its input and what must come out, or a program that must be refused. */
export type Block =
  | {
      readonly at: string;
      readonly program: string;
      readonly input: string;
      readonly outputs: string[];
    }
  | { readonly at: string; readonly program: string; readonly report: string };

/** Takes a test file apart; `at` is the file and the line of the block's first line. */
export function parseBlocks(file: string, text: string): Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  for (const [index, line] of [...text.split("\n"), ""].entries()) {
    if (line.startsWith("#") && lines.length === 0) continue;
    if (line.trim() !== "") {
      lines.push(line.replace(/^\ufeff/, ""));
      continue;
    }
    if (lines.length > 0) blocks.push(toBlock(`${file}:${index + 1 - lines.length}`, lines));
    lines = [];
  }
  return blocks;
}

function toBlock(at: string, lines: readonly string[]): Block {
  const [first = "", second = "", ...rest] = lines;
  if (first.startsWith("%%FAIL")) return { at, program: second, report: rest.join("\n") };
  return { at, program: first, input: second, outputs: rest };
}
