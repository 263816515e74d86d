import { stringify } from "yaml";

import { plainText } from "../src/terminal/plain-text.ts";
import { connect } from "./connect.ts";
import { command } from "./define.ts";
import { withoutDefaults } from "./get/without-defaults.ts";
import { kindArgument, nameArgument, parseKind } from "./kind.ts";

/** Lines stay as they were written, and a text of several lines stays one that can be read. */
const YAML = { lineWidth: 0, blockQuote: "literal" } as const;

export const get = command({
  details:
    'It is printed as YAML that "stigmer apply" takes, without what is so by default, after a comment with what the server knows of it.',
  examples: ["stigmer get agent release-writer", "stigmer get workflow release-notes@1.0.0 --json"],
  args: { kind: kindArgument, name: nameArgument },
  async run({ kind, name }, terminal) {
    const { status, ...manifest } = await connect().get(parseKind(kind), name);
    if (terminal.isJson) return terminal.printJson({ ...manifest, status });
    const about = `# ${status.id}, generation ${status.generation}, updated ${status.updatedAt}`;
    const text = stringify(withoutDefaults(manifest), YAML).trimEnd();
    return terminal.print(plainText(`${about}\n${text}`));
  },
});
