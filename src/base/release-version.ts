const RELEASE_VERSION = /^v\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;

/** Whether it is a version as releases, their tags and their files are named: `v1.2.3`, `v1.2.3-rc.1`. */
export function isReleaseVersion(text: string): boolean {
  return RELEASE_VERSION.test(text);
}
