import { formatDurationMs } from "../../src/base/duration.ts";
import { StigmerError } from "../../src/base/errors.ts";
import { type Run, type RunQuery, RunStatus } from "../../src/schema/api/run.ts";
import { formatAge } from "../../src/terminal/relative-time.ts";
import { formatTable } from "../../src/terminal/table.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { connect } from "../connect.ts";
import { command } from "../define.ts";
import { parseKind, pluralKinds } from "../kind.ts";
import { limitArgument, readPages } from "../paging.ts";

export const list = command({
  examples: [
    "stigmer runs list --status failed --since 2026-11-01",
    "stigmer runs list --name release-writer --json",
  ],
  args: {
    status: {
      type: "enum",
      options: [...RunStatus.options],
      valueHint: "STATUS",
      description: `Only those that are ${RunStatus.options.join(", ")}`,
    },
    kind: {
      type: "string",
      valueHint: "KIND",
      description: "Only those of agents, or of workflows",
      candidates: pluralKinds,
    },
    name: {
      type: "string",
      valueHint: "NAME",
      description: "Only those of this agent or workflow",
    },
    parent: { type: "string", valueHint: "ID", description: "Only those that this run started" },
    label: {
      type: "string",
      alias: "l",
      many: true,
      valueHint: "KEY=VALUE",
      description: "Only those with this label",
    },
    since: {
      type: "string",
      valueHint: "TIME",
      description: "Only those created at or after this date or time",
    },
    limit: limitArgument,
  },
  async run({ limit, ...filters }, terminal) {
    const client = connect();
    const query = queryOf(filters);
    const { items, more } = await readPages<Run>(limit, (page) =>
      client.listRuns({ ...query, ...page }),
    );
    if (terminal.isJson) return terminal.printJson({ items, more });
    if (items.length === 0) return terminal.talk.info("no runs");
    terminal.print(formatRuns(items, Date.now(), terminal));
    if (more) terminal.talk.info(`there are more: --limit ${limit * 2} shows them`);
  },
});

/** Ids are whole, to be copied: where a parent's has no room it is left out, and `runs get` tells it. */
export function formatRuns(
  runs: readonly Run[],
  nowMs: number,
  page: Pick<Terminal, "columns" | "style">,
): string {
  const rows = runs.map((run) => rowOf(run, nowMs));
  const heading = ["ID", "NAME", "STATUS", "CREATED", "TOOK"];
  const hasChildren = runs.some(({ parentRunId }) => parentRunId !== undefined);
  if (!hasChildren) return formatTable(heading, rows, page);
  const whole = formatTable([...heading, "PARENT"], rows, { ...page, columns: undefined });
  return widthOf(whole) <= (page.columns ?? Number.POSITIVE_INFINITY)
    ? whole
    : formatTable(heading, rows, page);
}

function widthOf(text: string): number {
  return Math.max(...text.split("\n").map((line) => Bun.stringWidth(line)));
}

function rowOf(run: Run, nowMs: number): string[] {
  return [
    run.id,
    run.name,
    // It is not going to end by itself.
    run.problem === undefined ? run.status : `${run.status}, stuck`,
    formatAge(run.createdAt, nowMs),
    durationOf(run),
    run.parentRunId ?? "",
  ];
}

interface Filters {
  readonly status: string | undefined;
  readonly kind: string | undefined;
  readonly name: string | undefined;
  readonly parent: string | undefined;
  readonly label: readonly string[];
  readonly since: string | undefined;
}

function queryOf({ status, kind, name, parent, label, since }: Filters): RunQuery {
  return {
    ...(status === undefined ? {} : { status: RunStatus.parse(status) }),
    ...(kind === undefined ? {} : { kind: parseKind(kind) }),
    ...(name === undefined ? {} : { name }),
    ...(parent === undefined ? {} : { parent }),
    ...(label.length === 0 ? {} : { label: label.join(",") }),
    ...(since === undefined ? {} : { since: parseTime(since) }),
  };
}

/** A date means its first moment here; a time without a zone is meant here too. */
function parseTime(text: string): string {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const time = new Date(isDate ? `${text}T00:00:00` : text);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new StigmerError("usage", `"${text}" is not a date or time`, {
    hint: "write it like 2026-11-22 or 2026-11-22T09:30:00Z",
  });
}

function durationOf({ startedAt, endedAt }: Run): string {
  if (startedAt === undefined || endedAt === undefined) return "";
  return formatDurationMs(Date.parse(endedAt) - Date.parse(startedAt));
}
