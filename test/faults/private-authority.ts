import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface PrivateAuthority {
  /** The authority's certificate. */
  readonly caPath: string;
  readonly tls: { key: string; cert: string };
}

/** A certificate authority that nobody knows, and a server's certificate of its making; undefined without openssl. */
export function createPrivateAuthority(folder: string): PrivateAuthority | undefined {
  if (!Bun.which("openssl")) return undefined;
  const at = (name: string): string => join(folder, name);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl([
    "req",
    "-x509",
    ...key,
    "-keyout",
    at("ca.key"),
    "-out",
    at("ca.pem"),
    "-days",
    "2",
    "-subj",
    "/CN=Stigmer test authority",
    "-addext",
    "basicConstraints=critical,CA:TRUE",
  ]);
  openssl([
    "req",
    ...key,
    "-keyout",
    at("server.key"),
    "-out",
    at("server.csr"),
    "-subj",
    "/CN=mirror",
  ]);
  writeFileSync(at("names"), "subjectAltName=DNS:localhost,DNS:mirror.example,IP:127.0.0.1\n");
  openssl([
    "x509",
    "-req",
    "-in",
    at("server.csr"),
    "-CA",
    at("ca.pem"),
    "-CAkey",
    at("ca.key"),
    "-CAcreateserial",
    "-out",
    at("server.pem"),
    "-days",
    "2",
    "-extfile",
    at("names"),
  ]);
  return {
    caPath: at("ca.pem"),
    tls: {
      key: readFileSync(at("server.key"), "utf8"),
      cert: readFileSync(at("server.pem"), "utf8"),
    },
  };
}

function openssl(args: string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(["openssl", ...args], { stderr: "pipe" });
  if (exitCode !== 0) throw new Error(`openssl ${args[0]}: ${stderr.toString()}`);
}
