import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/client";

import type { ToolValue } from "../../schema/wire/agent-step.ts";
import { cutText } from "../cut-text.ts";

/** A tool's result as the model reads it: text as it is, structured data as JSON, everything else described. */
export function toToolText(result: CallToolResult, bytesMax: number): ToolValue {
  const pieces = result.content.map(describe);
  const hasText = result.content.some(({ type }) => type === "text");
  if (result.structuredContent !== undefined && !hasText) {
    pieces.push(JSON.stringify(result.structuredContent));
  }
  const text = pieces.join("\n\n") || "The tool gave an empty result.";
  return { text: cutText(text, bytesMax), isError: result.isError ?? false };
}

function describe(block: ContentBlock): string {
  switch (block.type) {
    case "text":
      return block.text;
    case "image":
    case "audio":
      return `[${block.type}, ${block.mimeType}, ${sizeOf(block.data)}: can't be shown as text]`;
    case "resource_link":
      return `[resource ${block.uri}: ${block.description ?? block.name}]`;
    case "resource":
      return "text" in block.resource
        ? `[resource ${block.resource.uri}]\n${block.resource.text}`
        : `[resource ${block.resource.uri}, ${block.resource.mimeType ?? "binary"}, ${sizeOf(block.resource.blob)}: can't be shown as text]`;
    default:
      return block satisfies never;
  }
}

function sizeOf(base64: string): string {
  return `${Math.floor((base64.length * 3) / 4)} bytes`;
}
