import type { Zone } from "../../src/jq/dates/strftime.ts";

/** The zone of this computer's clock at a moment. */
export function localZoneAt(epochSeconds: number): Zone {
  const moment = new Date(epochSeconds * 1_000);
  if (Number.isNaN(moment.getTime())) return { offsetSeconds: 0, name: "UTC" };
  const parts = new Intl.DateTimeFormat("en-US", { timeZoneName: "short" }).formatToParts(moment);
  const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "UTC";
  return { offsetSeconds: -moment.getTimezoneOffset() * 60, name };
}
