import type { SegmentRecord } from '../../segments/index.ts';
import { digitsOf, padded } from './digits.ts';

/** The digits that stand for a stream in the ids of its events. */
export function streamDigits(directory: string): string {
  return digitsOf(directory, 22);
}

/** 56 digits, as AWS's, for ever the same for the same event: clients know by it what they have had. */
export function eventId(
  stream: string,
  lane: 'task' | 'server',
  { timestamp, segment, offset }: Pick<SegmentRecord, 'timestamp' | 'segment' | 'offset'>,
): string {
  const laneDigit = lane === 'task' ? '0' : '1';
  return `3${padded(timestamp, 13)}${stream}${laneDigit}${padded(segment, 8)}${padded(offset, 11)}`;
}
