import { z } from "zod";

export const API_VERSION = "agentic.stigmer.ai/v1";

const label = z.string().max(63);

/** The envelope that every stored thing shares: `apiVersion`, `kind`, `metadata`, `spec`. */
export function resource<K extends string, N extends z.ZodType, S extends z.ZodType>(
  kind: K,
  name: N,
  spec: S,
) {
  return z.strictObject({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal(kind),
    metadata: z.strictObject({ name, labels: z.record(label, label).default({}) }),
    spec,
  });
}

/** What the server adds to a resource that it keeps. */
export const ResourceStatus = z.strictObject({
  id: z.string(),
  /** Counts the changes of the spec and labels, from 1; the ETag. */
  generation: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type ResourceStatus = z.infer<typeof ResourceStatus>;
