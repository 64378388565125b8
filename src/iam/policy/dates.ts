/**
 * Reads a date of a condition: ISO 8601 as W3C's profile has it, down to a year, or seconds since 1970. Milliseconds; undefined
 * for what is neither.
 */
export function readDate(text: string): number | undefined {
  const parts = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d))?)?)?$/.exec(
    text,
  );
  if (parts) return fromParts(parts);
  // Four digits are a year.
  return /^-?\d{1,15}$/.test(text) ? Number(text) * 1000 : undefined;
}

function fromParts(parts: RegExpExecArray): number | undefined {
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] =
    parts;
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(0);
  date.setUTCFullYear(y, mo - 1, d);
  const isReal = date.getUTCMonth() === mo - 1 && date.getUTCDate() === d && h <= 23 && mi <= 59 && s <= 59;
  const offset = minutesOf(zone);
  if (!isReal || offset === undefined) return undefined;
  return date.getTime() + ((h * 60 + mi - offset) * 60 + s) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
}

/** Minutes that a zone is ahead of UTC. */
function minutesOf(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number);
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
