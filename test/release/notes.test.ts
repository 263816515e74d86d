import { expect, test } from "bun:test";
import { resolve } from "node:path";

import { readNotes } from "../../src/build/release/notes.ts";

const changelog = `# Changelog

## Unreleased

Something to come.

## v1.2.0 (2026-12-01)

**Agents.** A line that is wrapped
and goes on here.

- one entry
  over two lines
- another

\`\`\`sh
stigmer version

stigmer  upgrade
\`\`\`
After the code
it goes on.

### Smaller things
| a   | b   |
| --- | --- |

## 1.1.0

The one before.

## v1.0.0
`;

test("the notes of a version are its section, a line a paragraph", () => {
  const notes = readNotes(changelog, "v1.2.0");

  expect(notes).toBe(`**Agents.** A line that is wrapped and goes on here.

- one entry over two lines
- another

\`\`\`sh
stigmer version

stigmer  upgrade
\`\`\`
After the code it goes on.

### Smaller things
| a   | b   |
| --- | --- |
`);
});

test("a heading may leave the v out", () => {
  expect(readNotes(changelog, "v1.1.0")).toBe("The one before.\n");
});

test.each([
  ["v1.3.0", 'CHANGELOG.md has no section "## v1.3.0"'],
  ["v1.2", 'CHANGELOG.md has no section "## v1.2"'],
  ["v1.0.0", "CHANGELOG.md:32 says nothing about v1.0.0"],
])("%s has no notes: %s", (version, message) => {
  expect(() => readNotes(changelog, version)).toThrow(message);
});

test("the project's own changelog has notes as soon as its section has the version's name", async () => {
  const path = resolve(import.meta.dir, "../../CHANGELOG.md");
  const own = (await Bun.file(path).text()).replace("## Unreleased", "## v9.9.9");

  const notes = readNotes(own, "v9.9.9");

  expect(notes).toContain("**Healing.** ");
  expect(notes.split("\n").filter((line, at, all) => line !== "" && all[at + 1])).toEqual([]);
});
