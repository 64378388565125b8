import type { EpochMilliseconds } from '../../core/ids.ts';

/** `20260131T235959Z`, the form that SigV4 gives every time. */
export function formatAmzDate(time: EpochMilliseconds): string {
  const iso = new Date(time).toISOString();
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
}

const basicFormat = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** The last date that was read: requests of one second all have the same. */
let latest: { readonly text: string; readonly time: EpochMilliseconds | undefined } = { text: '', time: undefined };

/** Reads ISO 8601 basic format to the second; undefined if `text` is not that, or is no real time. */
export function parseAmzDate(text: string): EpochMilliseconds | undefined {
  if (text !== latest.text) latest = { text, time: readBasicFormat(text) };
  return latest.time;
}

function readBasicFormat(text: string): EpochMilliseconds | undefined {
  const [, year, month, day, hour, minute, second] = basicFormat.exec(text) ?? [];
  if (year === undefined) return undefined;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  const time = Date.parse(iso);
  // Date.parse rolls 31 February over; a rolled date does not read back the same.
  return Number.isNaN(time) || formatAmzDate(time) !== text ? undefined : time;
}

/** Reads a `Date` header: basic format, or the form of RFC 9110. */
export function parseDateHeader(text: string): EpochMilliseconds | undefined {
  const basic = parseAmzDate(text);
  if (basic !== undefined) return basic;
  const time = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
