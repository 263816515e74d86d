import { Database } from "bun:sqlite";
import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

import { z } from "zod";

import { explainDisk } from "../../base/disk-error.ts";
import { messageOf, StigmerError, systemCodeOf } from "../../base/errors.ts";

export const IN_MEMORY = ":memory:";

/** How the tables came to be: each step is applied once, in order, and never changed after a release. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE run (
     key INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     request_hash TEXT NOT NULL,
     parent_run_id TEXT,
     parent_command_id TEXT,
     is_open INTEGER NOT NULL DEFAULT 1
   ) STRICT;
   CREATE INDEX run_open ON run (key) WHERE is_open = 1;
   CREATE TABLE event (
     position INTEGER PRIMARY KEY,
     run INTEGER NOT NULL REFERENCES run (key),
     sequence INTEGER NOT NULL,
     time_ms INTEGER NOT NULL,
     body TEXT,
     blob TEXT,
     UNIQUE (run, sequence)
   ) STRICT;`,
  `CREATE TABLE journal (id TEXT NOT NULL) STRICT;
   INSERT INTO journal (id) VALUES (lower(hex(randomblob(16))));`,
];

const UserVersion = z.object({ user_version: z.int() });

/** Opens the journal's database for this process alone, at the newest schema. */
export function openDatabase(path: string): Database {
  if (path === IN_MEMORY) return prepare(new Database(path, { strict: true }), path);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let database: Database | undefined;
  try {
    database = new Database(path, { create: true, strict: true });
    chmodSync(path, 0o600);
    return prepare(database, path);
  } catch (error) {
    database?.close();
    throw explain(path, error);
  }
}

function prepare(database: Database, path: string): Database {
  database.run("PRAGMA locking_mode = EXCLUSIVE");
  database.run("PRAGMA journal_mode = WAL");
  database.run("PRAGMA synchronous = FULL");
  // On macOS alone: there a plain fsync leaves the data in the drive's own cache, where power loss takes it.
  database.run("PRAGMA fullfsync = ON");
  // The lock is taken by the first transaction that writes and kept until the process ends.
  database.run("BEGIN EXCLUSIVE");
  migrate(database, path);
  database.run("COMMIT");
  return database;
}

function migrate(database: Database, path: string): void {
  const { user_version: found } = UserVersion.parse(database.query("PRAGMA user_version").get());
  if (found > MIGRATIONS.length) {
    const versions = `version ${found}, and this stigmer knows up to ${MIGRATIONS.length}`;
    throw new StigmerError("failed", `the journal "${path}" is of a newer stigmer: ${versions}`, {
      hint: "run `stigmer upgrade`, or point STIGMER_HOME at another folder",
    });
  }
  for (const step of MIGRATIONS.slice(found)) database.run(step);
  database.run(`PRAGMA user_version = ${MIGRATIONS.length}`);
}

function explain(path: string, error: unknown): unknown {
  const code = systemCodeOf(error);
  if (code === "SQLITE_BUSY") {
    return new StigmerError("conflict", `the journal "${path}" is open in another process`, {
      hint: "one workflow-runner at a time may use it: stop the other one, or set another STIGMER_HOME",
      cause: error,
    });
  }
  if (code === "SQLITE_NOTADB" || code === "SQLITE_CORRUPT") {
    const reason = messageOf(error);
    return new StigmerError("failed", `the journal "${path}" is damaged: ${reason}`, {
      hint: "stop the server; then put back journal.db, stigmer.db and blobs from one backup, or move all of them away",
      cause: error,
    });
  }
  const disk = explainDisk(error);
  if (!disk) return error;
  const { code: kind, message, hint } = disk;
  return new StigmerError(kind, `the journal "${path}" can't be opened: ${message}`, {
    hint,
    cause: error,
  });
}
