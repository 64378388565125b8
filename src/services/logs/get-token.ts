import { digitsOf, padded } from './digits.ts';
import { invalidToken } from './refusals.ts';
import type { StreamPosition } from './stream-lanes.ts';

/** Which way a token of GetLogEvents leads, and from where. */
export interface GetToken {
  readonly direction: 'forward' | 'backward';
  readonly position: StreamPosition;
}

const tokenVersion = '1';
const segmentDigits = 8;
const offsetDigits = 11;
const streamDigits = 17;

const number = `(\\d{${segmentDigits}})(\\d{${offsetDigits}})`;
const tokenPattern = new RegExp(`^([fb])/${tokenVersion}${number}${number}(\\d{${streamDigits}})/s$`);

/**
 * A token in AWS's form, `f/` or `b/`, 56 digits, `/s`. The digits are ours: a version, the place in each of the two
 * lanes, and the stream (by its directory), since a place means nothing in another.
 */
export function formatGetToken(directory: string, { direction, position }: GetToken): string {
  const digits = [position.task, position.server].map(
    ({ segment, offset }) => padded(segment, segmentDigits) + padded(offset, offsetDigits),
  );
  const way = direction === 'forward' ? 'f' : 'b';
  return `${way}/${tokenVersion}${digits.join('')}${digitsOf(directory, streamDigits)}/s`;
}

/** Throws `InvalidParameterException` for anything that `formatGetToken` has not made for this stream. */
export function parseGetToken(directory: string, token: string): GetToken {
  const match = tokenPattern.exec(token);
  if (match?.[6] !== digitsOf(directory, streamDigits)) throw invalidToken();
  const [way, ...numbers] = match.slice(1, 6);
  const [taskSegment = 0, taskOffset = 0, serverSegment = 0, serverOffset = 0] = numbers.map(Number);
  return {
    direction: way === 'f' ? 'forward' : 'backward',
    position: {
      task: { segment: taskSegment, offset: taskOffset },
      server: { segment: serverSegment, offset: serverOffset },
    },
  };
}
