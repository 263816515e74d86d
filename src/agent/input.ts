import { z } from "zod";

import { Json } from "../base/json.ts";

/** What an agent run is started with. A message that is not text is given to the model as JSON text. */
export const AgentInput = z.strictObject({
  message: Json.refine((message) => message !== "", "the message is empty"),
});
export type AgentInput = z.infer<typeof AgentInput>;

export function toUserText({ message }: AgentInput): string {
  return typeof message === "string" ? message : JSON.stringify(message);
}
