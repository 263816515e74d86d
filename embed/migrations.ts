import first from "./migrations/001.sql" with { type: "text" };
import second from "./migrations/002.sql" with { type: "text" };
import third from "./migrations/003.sql" with { type: "text" };

/** The steps of the server's database, oldest first; a step that was released never changes. */
export const migrations: readonly string[] = [first, second, third];
