import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import Ajv from "ajv";

const packageFolder = dirname(
  Bun.resolveSync("@cyclonedx/cyclonedx-library/package.json", import.meta.dir),
);
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** What the official schema of CycloneDX 1.6 has against a bill of materials; nothing when it is good. */
export function faultsOfBill(bill: unknown): string[] {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    formats: {
      "date-time": (text: string) => DATE_TIME.test(text),
      "idn-email": (text: string) => text.includes("@"),
      uri: (text: string) => URL.canParse(text),
      "iri-reference": (text: string) => URL.canParse(text, "https://example.org"),
    },
  });
  ajv.addSchema(read("spdx"), "http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json");
  ajv.addSchema(read("jsf-0.82"), "http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json");
  const isValid = ajv.compile(read("bom-1.6"));
  isValid(bill);
  return (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The package numbers its own copies by another address than they know each other by. */
function read(name: string): object {
  const path = join(packageFolder, "res/schema", `${name}.SNAPSHOT.schema.json`);
  const { $id: _own, ...schema } = JSON.parse(readFileSync(path, "utf8"));
  return name === "bom-1.6"
    ? { ...schema, $id: "http://cyclonedx.org/schema/bom-1.6.SNAPSHOT.schema.json" }
    : schema;
}
