/** A time in milliseconds as ISO 8601 in UTC, without fractions: as AWS's events, records of calls and condition keys have it. */
export function secondsText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
