/** How large a file is. A list of digests tells no sizes: then the size is only a bound. */
export interface FileSize {
  readonly sizeBytes: number;
  /** The file may be smaller; its digest alone says whether it is whole. */
  readonly isSizeBound?: boolean | undefined;
}

export function fitsSize({ sizeBytes, isSizeBound }: FileSize, actualBytes: number): boolean {
  return isSizeBound ? actualBytes <= sizeBytes : actualBytes === sizeBytes;
}

/** What is known of the size before the first byte has come. */
export function knownSize({ sizeBytes, isSizeBound }: FileSize): number | undefined {
  return isSizeBound ? undefined : sizeBytes;
}

export function describeSize({ sizeBytes, isSizeBound }: FileSize): string {
  return isSizeBound ? `at most ${sizeBytes}` : `${sizeBytes}`;
}
