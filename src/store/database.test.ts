import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sql } from "kysely";

import { openDatabase } from "./database.ts";

test("a disk that is full is named, also where SQLite ended the transaction by itself", async () => {
  const folder = mkdtempSync(join(tmpdir(), "stigmer-store-"));
  const database = openDatabase(join(folder, "stigmer.db"));
  await sql`create table filler (bytes blob)`.execute(database);
  await sql`pragma max_page_count = 60`.execute(database);

  const filled = database.transaction().execute(async (transaction) => {
    await sql`insert into filler values (zeroblob(1000000))`.execute(transaction);
  });

  expect(filled).rejects.toMatchObject({ code: "SQLITE_FULL" });
  await filled.catch(() => {});
  await database.destroy();
  rmSync(folder, { recursive: true });
});
