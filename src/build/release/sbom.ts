import type { BuildFacts } from "../build-facts.ts";
import { commitTimeOf } from "../build-facts.ts";
import type { BundledPackage, BundledPackages } from "./bundled-packages.ts";
import { RUNTIME_VERSION, type Target } from "./targets.ts";

/**
 * The bill of materials of a release in CycloneDX 1.6: every package of which something is bundled, and the Bun of each
 * target. Nothing in it comes from a clock or from chance.
 */
export function renderSbom(
  facts: BuildFacts,
  targets: readonly Target[],
  { packages, direct }: BundledPackages,
): string {
  const self = `stigmer@${facts.version}`;
  const runtimes = targets.map(toRuntime);
  const parts = [
    { ref: self, dependsOn: [...direct.map(toPurl), ...runtimes.map((part) => part["bom-ref"])] },
    ...packages.map(({ id, imports }) => ({ ref: toPurl(id), dependsOn: imports.map(toPurl) })),
    ...runtimes.map((part) => ({ ref: part["bom-ref"], dependsOn: [] })),
  ];
  const bom = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(`${facts.version} ${facts.commit}`)}`,
    version: 1,
    metadata: {
      timestamp: commitTimeOf(facts).toISOString(),
      component: {
        type: "application",
        "bom-ref": self,
        name: "stigmer",
        version: facts.version.replace(/^v/, ""),
        licenses: [{ license: { id: "Apache-2.0" } }],
        purl: `pkg:github/stigmer/stigmer@${facts.version}`,
        properties: [{ name: "stigmer:commit", value: facts.commit }],
      },
    },
    components: [...packages.map(toLibrary), ...runtimes],
    dependencies: parts,
  };
  return `${JSON.stringify(bom, undefined, 2)}\n`;
}

function toLibrary({ id, name, version, license, integrity }: BundledPackage) {
  return {
    type: "library",
    "bom-ref": toPurl(id),
    ...splitName(name),
    version,
    licenses: [/[ (]/.test(license) ? { expression: license } : { license: { id: license } }],
    purl: toPurl(id),
    hashes: [toHash(integrity)],
  };
}

function toRuntime({ name, runtime }: Target) {
  const id = `${runtime.package}@${RUNTIME_VERSION}`;
  return {
    type: "platform",
    "bom-ref": toPurl(id),
    ...splitName(runtime.package),
    version: RUNTIME_VERSION,
    description: `The runtime inside the file for ${name}`,
    licenses: [{ license: { id: "MIT" } }],
    purl: toPurl(id),
    hashes: [toHash(runtime.integrity)],
    components: [
      {
        type: "file",
        name: "bin/bun",
        hashes: [{ alg: "SHA-256", content: runtime.sha256 }],
      },
    ],
  };
}

/** CycloneDX keeps the scope of a package apart. */
function splitName(name: string): { group?: string; name: string } {
  const [scope, rest] = name.split("/");
  return rest === undefined ? { name } : { group: scope ?? "", name: rest };
}

/** A scope begins with a sign that an address may not have. */
function toPurl(id: string): string {
  return `pkg:npm/${id.replace(/^@/, "%40")}`;
}

/** An integrity is the same digest in another spelling. */
function toHash(integrity: string): { alg: string; content: string } {
  const [algorithm = "", digest = ""] = integrity.split(/-(.*)/s);
  const content = Buffer.from(digest, "base64").toString("hex");
  return { alg: algorithm.toUpperCase().replace("SHA", "SHA-"), content };
}

/** A UUID of the kind that a name gives (RFC 9562, version 8). */
function uuidOf(name: string): string {
  const bytes = Buffer.from(Bun.CryptoHasher.hash("sha256", name).subarray(0, 16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
