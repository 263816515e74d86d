import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { parse } from "yaml";
import { z } from "zod";

export const root = resolve(import.meta.dir, "../..");

const Step = z.looseObject({
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).default({}),
});
const Job = z.looseObject({
  needs: z.union([z.string(), z.array(z.string())]).optional(),
  environment: z.string().optional(),
  permissions: z.record(z.string(), z.string()).optional(),
  "timeout-minutes": z.number().optional(),
  strategy: z.looseObject({ matrix: z.record(z.string(), z.unknown()) }).optional(),
  steps: z.array(Step),
});
const Workflow = z.looseObject({
  permissions: z.record(z.string(), z.string()).optional(),
  concurrency: z.unknown(),
  jobs: z.record(z.string(), Job),
});

type Step = z.infer<typeof Step>;

/** A workflow of `.github/workflows`, as text and as what it means. */
export interface ReadWorkflow {
  readonly path: string;
  readonly text: string;
  readonly content: z.infer<typeof Workflow>;
}

export function readWorkflow(path: string): ReadWorkflow {
  const text = readFileSync(join(root, path), "utf8");
  return { path, text, content: Workflow.parse(parse(text)) };
}

export function stepsOf({ content }: ReadWorkflow): Step[] {
  return Object.values(content.jobs).flatMap((job) => job.steps);
}

/** The script of the step with that name. */
export function scriptOf(workflow: ReadWorkflow, name: string): string {
  const step = stepsOf(workflow).find((candidate) => candidate.name === name);
  if (step?.run === undefined) throw new Error(`${workflow.path} has no step "${name}" that runs`);
  return step.run;
}
