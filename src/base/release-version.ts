/** A part of Semantic Versioning 2.0: no leading zero, and no more digits than a number holds exactly. */
const NUMBER = "(?:0|[1-9]\\d{0,14})";
const WORD = "(?:0|[1-9]\\d{0,14}|\\d*[A-Za-z-][0-9A-Za-z-]*)";
const RELEASE_VERSION = new RegExp(
  `^v${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-${WORD}(?:\\.${WORD})*)?$`,
);

/** Whether it is a version as releases, their tags and their files are named: `v1.2.3`, `v1.2.3-rc.1`. */
export function isReleaseVersion(text: string): boolean {
  return RELEASE_VERSION.test(text);
}
