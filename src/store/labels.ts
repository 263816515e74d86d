import { type RawBuilder, sql } from "kysely";
import { z } from "zod";

export const Labels = z.record(z.string(), z.string());
export type Labels = z.infer<typeof Labels>;

/** True for rows whose column of labels holds every one of these. */
export function hasLabels(column: string, wanted: Labels): RawBuilder<boolean> {
  const labels = sql.ref(column);
  const conditions = Object.entries(wanted).map(
    ([key, value]) =>
      sql<boolean>`exists (select 1 from json_each(${labels}) as l where l.key = ${key} and l.value = ${value})`,
  );
  return conditions.length === 0
    ? sql<boolean>`true`
    : sql<boolean>`${sql.join(conditions, sql` and `)}`;
}
