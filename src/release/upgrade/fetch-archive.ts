import { rmSync } from "node:fs";

import type { Paths } from "../../base/paths.ts";
import { releaseAssetUrl } from "../download/asset-url.ts";
import { downloadFile } from "../download/download.ts";
import type { DownloadRequest } from "../download/request.ts";
import { withDownloadFolder } from "./download-folder.ts";
import { ARCHIVE_BYTES_MAX, readArchive } from "./read-archive.ts";

interface ArchiveRequest extends Omit<DownloadRequest, "url" | "folder" | "sizeBytes"> {
  readonly paths: Paths;
  readonly version: string;
  readonly asset: string;
}

/**
 * Has something done with a release's archive, whose digest is that of the signed list. The file goes with the work,
 * also where that fails: it is large, and of no other use. The beginning of a download that was cut off stays.
 */
export async function fetchArchive<T>(
  { paths, version, asset, ...request }: ArchiveRequest,
  work: (archive: Uint8Array<ArrayBuffer>) => Promise<T>,
): Promise<T> {
  return withDownloadFolder(paths, async (folder) => {
    const url = releaseAssetUrl(version, asset, request.environment);
    const size = { sizeBytes: ARCHIVE_BYTES_MAX, isSizeBound: true };
    const file = await downloadFile({ ...request, ...size, url, folder });
    try {
      return await work(readArchive(file, request.sha256));
    } finally {
      rmSync(file, { force: true });
    }
  });
}
