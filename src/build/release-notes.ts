import { readFileSync } from "node:fs";
import { join } from "node:path";

import { places } from "./places.ts";
import { readNotes } from "./release/notes.ts";

const [version = ""] = process.argv.slice(2);
process.stdout.write(readNotes(readFileSync(join(places.root, "CHANGELOG.md"), "utf8"), version));
