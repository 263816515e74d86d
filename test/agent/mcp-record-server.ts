import { appendFileSync, existsSync, writeSync } from "node:fs";

/** An MCP server whose calls leave a trace, so that a test can count them. Written by hand: no library, no surprise. */
const file = process.env["RECORD_FILE"] ?? "";
const tools = [
  { name: "record", description: "writes a line", inputSchema: { type: "object" } },
  { name: "wait-for", description: "waits for a file", inputSchema: { type: "object" } },
  { name: "long", description: "writes a lot", inputSchema: { type: "object" } },
  { name: "flood", description: "never stops writing", inputSchema: { type: "object" } },
  { name: "die", description: "ends the server", inputSchema: { type: "object" } },
];

const floods: Record<string, string> = {
  talk: `Working… ${".".repeat(200)}\n`,
  notes: `${JSON.stringify({ jsonrpc: "2.0", method: "notifications/message", params: { level: "info", data: "." } })}\n`,
  questions: `${JSON.stringify({ jsonrpc: "2.0", id: "q", method: "ping" })}\n`,
};

interface Request {
  readonly id?: string | number;
  readonly method: string;
  readonly params?: { name?: string; arguments?: { text?: string; size?: number } };
}

for await (const line of console) {
  const request: Request = JSON.parse(line);
  if (request.id === undefined) continue;
  if (request.method === "tools/call") void call(request);
  else reply(request, answer(request.method));
}

function answer(method: string): object {
  if (method === "tools/list") return { result: { tools } };
  if (method !== "initialize") return { error: { code: -32601, message: "no such method" } };
  const serverInfo = { name: "record", version: "1" };
  return { result: { protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo } };
}

async function call(request: Request): Promise<void> {
  const { name, arguments: given } = request.params ?? {};
  const text = given?.text ?? "";
  if (name === "die") {
    console.error("I was told to");
    process.exit(7);
  }
  if (name === "flood") flood(text);
  if (name === "record") appendFileSync(file, `${text}\n`);
  if (name === "wait-for") while (!existsSync(text)) await Bun.sleep(10);
  const answered = name === "long" ? "é".repeat(given?.size ?? 0) : `did ${name} ${text}`;
  reply(request, { result: { content: [{ type: "text", text: answered }] } });
}

function reply({ id }: Request, body: object): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, ...body })}\n`);
}

function flood(what: string): never {
  const piece = floods[what] ?? "";
  const text = Buffer.from(piece.repeat(Math.ceil(60_000 / piece.length)));
  for (;;) {
    for (let done = 0; done < text.length;) done += writeSome(text.subarray(done));
  }
}

function writeSome(text: Buffer): number {
  try {
    return writeSync(1, text);
  } catch {
    // The pipe is full: whoever floods tries again.
    return 0;
  }
}
