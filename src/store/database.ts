import { Database } from "bun:sqlite";

import { type Driver, Kysely } from "kysely";
import { BunSqliteDialect } from "kysely-bun-sqlite";

import { migrations } from "../../embed/migrations.ts";
import { messageOf, StigmerError, systemCodeOf } from "../base/errors.ts";
import type { Tables } from "./tables.ts";

/**
 * Opens the server's database, or one in memory (`:memory:`), and brings it up to date. What was committed survives a
 * power cut: the write-ahead log is synced with every transaction.
 */
export function openDatabase(path: string): Kysely<Tables> {
  try {
    const database = new Database(path, { create: true, strict: true });
    database.run("pragma journal_mode = wal");
    database.run("pragma synchronous = full");
    database.run("pragma foreign_keys = on");
    migrate(database, path, migrations);
    return new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
  } catch (cause) {
    if (cause instanceof StigmerError) throw cause;
    throw new StigmerError("failed", `the database ${path} can't be opened: ${messageOf(cause)}`, {
      hint: hintFor(systemCodeOf(cause)),
      cause,
    });
  }
}

/**
 * SQLite ends a transaction by itself when the disk is full. Then there is nothing to roll back, and saying so would
 * hide why.
 */
class SqliteDialect extends BunSqliteDialect {
  override createDriver(): Driver {
    const driver = super.createDriver();
    const rollBack = driver.rollbackTransaction.bind(driver);
    driver.rollbackTransaction = async (connection) => {
      await rollBack(connection).catch(() => {});
    };
    return driver;
  }
}

/** Each step in a transaction of its own together with its number: a crash leaves a whole version. */
export function migrate(database: Database, path: string, steps: readonly string[]): void {
  const { user_version: version } = database
    .query<{ user_version: number }, []>("pragma user_version")
    .get() ?? { user_version: 0 };
  if (version > steps.length) {
    throw new StigmerError(
      "failed",
      `the database ${path} was written by a newer stigmer (version ${version} of its tables; this one knows ${steps.length})`,
      { hint: "use the newer stigmer, or another STIGMER_HOME" },
    );
  }
  for (const [index, step] of steps.entries()) {
    if (index < version) continue;
    database.transaction(() => {
      database.run(step);
      database.run(`pragma user_version = ${index + 1}`);
    })();
  }
}

function hintFor(code: string | undefined): string {
  if (code === "SQLITE_NOTADB" || code === "SQLITE_CORRUPT") {
    return "the file is damaged: put a copy of yours in its place, or move it away to begin anew";
  }
  return "check that its folder exists, is yours and has room";
}
