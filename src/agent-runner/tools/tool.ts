import { z } from "zod";

import type { ToolValue } from "../../schema/wire/agent-step.ts";
import { cutText } from "../cut-text.ts";
import type { Sandbox } from "../sandbox/bubblewrap.ts";
import { openWorkspace } from "../sandbox/workspace.ts";
import type { ToolWorld } from "../tools.ts";

/** A tool that stigmer brings itself: what the model reads of it, and what it does. */
export interface BuiltinDefinition {
  readonly prompt: string;
  readonly input: z.ZodType;
  run(given: unknown, world: ToolWorld): Promise<ToolValue>;
}

/** What a tool has when it runs in the sandbox. */
export interface SandboxWorld extends ToolWorld {
  readonly box: Sandbox;
  readonly workspace: string;
}

/** Says no to the model, in words that help it to do better. */
export class ToolRefusal extends Error {
  override readonly name = "ToolRefusal";
}

export function defineTool<S extends z.ZodType>(
  prompt: string,
  input: S,
  work: (given: z.infer<S>, world: ToolWorld) => Promise<string>,
): BuiltinDefinition {
  const run = async (given: unknown, world: ToolWorld): Promise<ToolValue> => {
    const parsed = input.safeParse(given);
    if (!parsed.success) {
      return { text: `The arguments do not fit:\n${z.prettifyError(parsed.error)}`, isError: true };
    }
    const { toolTextBytesMax } = world.limits;
    try {
      return { text: cutText(await work(parsed.data, world), toolTextBytesMax), isError: false };
    } catch (error) {
      world.signal.throwIfAborted();
      if (!(error instanceof ToolRefusal)) throw error;
      return { text: cutText(error.message, toolTextBytesMax), isError: true };
    }
  };
  return { prompt, input, run };
}

/** A tool that touches files or starts programs: it runs in the sandbox, or not at all. */
export function defineSandboxTool<S extends z.ZodType>(
  prompt: string,
  input: S,
  work: (given: z.infer<S>, world: SandboxWorld) => Promise<string>,
): BuiltinDefinition {
  return defineTool(prompt, input, async (given, world) => {
    const probe = await world.sandbox();
    if ("refusal" in probe) throw new ToolRefusal(probe.refusal);
    const workspace = await openWorkspace(world.home, world.runId);
    return work(given, { ...world, box: probe.sandbox, workspace });
  });
}
