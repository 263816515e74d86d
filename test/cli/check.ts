import { formatPrinted, type Printed, type Step } from "./session.ts";

const ESCAPE = "\u001B";

/** What is wrong with what a step printed; undefined when nothing is. */
export function faultOf(step: Step, printed: Printed): string | undefined {
  if (`${printed.stdout}${printed.stderr}`.includes(ESCAPE)) {
    return "there are escape sequences in what goes to a pipe";
  }
  const expected = formatPrinted(step);
  const got = formatPrinted(printed);
  if (expected.join("\n") === got.join("\n")) return undefined;
  return differences(expected, got).join("\n");
}

/** The lines, those missing marked `-` and those too much `+`, as far as both go side by side. */
function differences(expected: readonly string[], got: readonly string[]): string[] {
  const length = Math.max(expected.length, got.length);
  return Array.from({ length }, (_, index) => {
    const [want, have] = [expected[index], got[index]];
    if (want === have) return [`    ${want}`];
    return [
      ...(want === undefined ? [] : [`  - ${want}`]),
      ...(have === undefined ? [] : [`  + ${have}`]),
    ];
  }).flat();
}
