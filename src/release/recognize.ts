/** Beginnings of files that are no agent-runner, whatever a digest says of them. */
const KINDS: readonly [kind: string, ...beginnings: string[]][] = [
  ["a program for macOS", "cffaedfe", "cefaedfe", "feedfacf", "feedface", "cafebabe"],
  ["a program for Windows", "4d5a"],
  ["an archive", "1f8b", "504b0304", "28b52ffd", "fd377a585a00", "425a68"],
];

const ELF = "7f454c46";
/** `e_machine` of the machines that our releases are for. */
const MACHINES: ReadonlyMap<number, string> = new Map([
  [0x3e, "linux-amd64"],
  [0xb7, "linux-arm64"],
]);
const PAGE = /^\uFEFF?\s*<(?:!doctype\s+html|html|head|body)\b/i;
const HEAD_BYTES = 512;

/** What these bytes are, when they are plainly no agent-runner: that is one script of text. */
export function recognizeOther(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return "empty";
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES));
  const begin = head.toString("hex");
  if (begin.startsWith(ELF)) return nameElf(head);
  const known = KINDS.find(([, ...beginnings]) => beginnings.some((hex) => begin.startsWith(hex)));
  if (known) return known[0];
  if (PAGE.test(head.toString())) return "a web page";
  return bytes.includes(0) ? "a binary file" : undefined;
}

function nameElf(head: Buffer): string {
  const isBigEndian = head[5] === 2;
  const machine =
    head.length < 20 ? 0 : isBigEndian ? head.readUInt16BE(18) : head.readUInt16LE(18);
  return `a program for ${MACHINES.get(machine) ?? "another machine"}`;
}
