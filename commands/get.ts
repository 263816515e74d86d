import { stringify } from "yaml";

import { plainText } from "../src/terminal/plain-text.ts";
import { connect } from "./connect.ts";
import { command } from "./define.ts";
import { kindArgument, nameArgument, parseKind } from "./kind.ts";

export const get = command({
  details:
    'It is printed as YAML that "stigmer apply" takes, after a comment with what the server knows of it.',
  examples: ["stigmer get agent release-writer", "stigmer get workflow release-notes@1.0.0 --json"],
  args: { kind: kindArgument, name: nameArgument },
  async run({ kind, name }, terminal) {
    const { status, ...manifest } = await connect().get(parseKind(kind), name);
    if (terminal.isJson) return terminal.printJson({ ...manifest, status });
    const about = `# ${status.id}, generation ${status.generation}, updated ${status.updatedAt}`;
    return terminal.print(plainText(`${about}\n${stringify(manifest).trimEnd()}`));
  },
});
