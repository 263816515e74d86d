// A process of its own that downloads one file: what it asks for comes in on the command line as JSON.
import { downloadFile } from "../../src/release/download/download.ts";

const request = JSON.parse(process.argv[2] ?? "{}");
const path = await downloadFile({
  ...request,
  environment: process.env,
  onProgress: ({ receivedBytes, resumedFrom }) =>
    void process.stdout.write(`${receivedBytes} ${resumedFrom}\n`),
}).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
process.stdout.write(`done ${path}\n`);
