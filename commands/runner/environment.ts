import { OFFLINE_FLAG } from "../../src/release/download/retry.ts";

/** What the release reads its settings from. */
export function releaseEnvironment(isOffline: boolean): Record<string, string | undefined> {
  return isOffline ? { ...process.env, STIGMER_OFFLINE: OFFLINE_FLAG } : process.env;
}

export const offlineFlag = {
  type: "boolean",
  description: "Never use the network (STIGMER_OFFLINE)",
} as const;
