import type { EpochMilliseconds, Milliseconds } from '../core/ids.ts';

/** What the clocks of a zone show, written as the moment at which those of UTC show it. */
export type WallTime = number & { readonly brand?: 'wall time' };

/** Whether a text names a time zone by its place, as the IANA's database does: `Europe/Berlin`, `UTC`. */
export function isTimeZone(text: string): boolean {
  // Offsets such as +01:00 are none of its names.
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

export function wallTime(instant: EpochMilliseconds, zone: string): WallTime {
  return instant + offsetAt(instant, zone);
}

/** How far the clocks of a zone are ahead of UTC's. */
export function offsetAt(instant: EpochMilliseconds, zone: string): Milliseconds {
  if (zone === 'UTC') return 0;
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).offsetNanoseconds / 1_000_000;
}

/** When the clocks of a zone show that: never, where they are set forward over it; twice, where they are set back. */
export function instantsOf(wall: WallTime, zone: string): readonly EpochMilliseconds[] {
  if (zone === 'UTC') return [wall];
  const [earlier, later] = [plainInstant(wall, zone, 'earlier'), plainInstant(wall, zone, 'later')];
  if (earlier === later) return [earlier];
  return [earlier, later].filter((instant) => wallTime(instant, zone) === wall);
}

/** The moment that is meant: the first of two, or, where there is none, as long after the clocks were set as it stands behind that. */
export function compatibleInstant(wall: WallTime, zone: string): EpochMilliseconds {
  return plainInstant(wall, zone, 'compatible');
}

function plainInstant(wall: WallTime, zone: string, disambiguation: 'earlier' | 'later' | 'compatible') {
  const plain = Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO('UTC').toPlainDateTime();
  return plain.toZonedDateTime(zone, { disambiguation }).epochMilliseconds;
}
