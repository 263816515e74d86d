import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** It waits for three seconds by itself, on a machine that may be busy. */
setDefaultTimeout(60_000);

const root = join(import.meta.dir, "../..");
const readme = readFileSync(join(root, "README.md"), "utf8");

/** The YAML of a section of the README. */
function yamlOf(section: string): string[] {
  const text = new RegExp(`## ${section}\n(.*?)\n## `, "s").exec(readme)?.[1] ?? "";
  return [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, code = ""]) => code);
}

async function stigmer(folder: string, ...given: string[]) {
  const child = Bun.spawn([process.execPath, join(root, "src/multicall/main.ts"), ...given], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder, STIGMER_HOME: join(folder, "home") },
    stderr: "ignore",
  });
  return { stdout: await child.stdout.text(), status: await child.exited };
}

test("the first workflow of the README runs as it stands and prints what is said there", async () => {
  const folder = mkdtempSync(join(tmpdir(), "stigmer-readme-"));
  const [, file = "", input = "", output = ""] =
    /`stigmer exec -f (\S+) --input '(.*?)'` .*?prints `(.*?)`/s.exec(readme) ?? [];
  writeFileSync(join(folder, file), yamlOf("Workflows")[0] ?? "");

  const outcome = await stigmer(folder, "exec", "-f", file, "--input", input);

  expect(outcome).toEqual({ stdout: `${output}\n`, status: 0 });
  rmSync(folder, { recursive: true });
});

test("every document of the README is valid", async () => {
  const folder = mkdtempSync(join(tmpdir(), "stigmer-readme-"));
  const documents = [...yamlOf("Agents"), ...yamlOf("Workflows")];
  const files = documents.map((document, index) => {
    writeFileSync(join(folder, `${index}.yaml`), document);
    return `${index}.yaml`;
  });

  const outcomes = await Promise.all(files.map((file) => stigmer(folder, "validate", "-f", file)));

  expect(outcomes.map(({ stdout }) => stdout)).toEqual([
    "agent/librarian valid\n",
    "workflow/default/countdown@1.0.0 valid\n",
    "workflow/default/greet@1.0.0 valid\n",
  ]);
  rmSync(folder, { recursive: true });
});
