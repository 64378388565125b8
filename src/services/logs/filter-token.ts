import { digitsOf } from './digits.ts';
import { formatPageToken, parsePageToken } from './page-token.ts';
import { invalidToken } from './refusals.ts';
import type { StreamPosition } from './stream-lanes.ts';

/** Where a search goes on. */
export interface SearchPlace {
  /** Streams up to and including this name are done. */
  readonly after?: string;
  /** The last name of the streams being merged; absent when the next ones are not yet chosen. */
  readonly until?: string;
  /** How far the streams being merged have come, by `placeKey`; those not in it are at their start. */
  readonly places: ReadonlyMap<string, StreamPosition>;
}

const tokenKind = 'search';
const keyDigits = 12;

/** Stands for a stream in a token: names may be long. */
export function placeKey(directory: string): string {
  return digitsOf(directory, keyDigits);
}

export function formatFilterToken(query: readonly unknown[], { after, until, places }: SearchPlace): string {
  return formatPageToken(tokenKind, {
    query: queryKey(query),
    ...(after !== undefined && { after }),
    ...(until !== undefined && { until }),
    places: [...places].map(([key, { task, server }]) => [
      key,
      task.segment,
      task.offset,
      server.segment,
      server.offset,
    ]),
  });
}

/** Throws `InvalidParameterException` unless the token was made for this query. */
export function parseFilterToken(query: readonly unknown[], token: string): SearchPlace {
  const content = parsePageToken(tokenKind, token);
  const { after, until, places } = content;
  if (content.query !== queryKey(query) || !Array.isArray(places)) throw invalidToken();
  return {
    ...(after !== undefined && { after: textIn(after) }),
    ...(until !== undefined && { until: textIn(until) }),
    places: new Map(places.map(placeIn)),
  };
}

function queryKey(query: readonly unknown[]): string {
  return digitsOf(JSON.stringify(query), 20);
}

function textIn(value: unknown): string {
  if (typeof value !== 'string') throw invalidToken();
  return value;
}

function placeIn(value: unknown): [string, StreamPosition] {
  if (!Array.isArray(value) || value.length !== 5) throw invalidToken();
  const [key, ...numbers] = value as unknown[];
  if (!numbers.every((number) => Number.isSafeInteger(number) && Number(number) >= 0)) throw invalidToken();
  const [taskSegment = 0, taskOffset = 0, serverSegment = 0, serverOffset = 0] = numbers.map(Number);
  return [
    textIn(key),
    {
      task: { segment: taskSegment, offset: taskOffset },
      server: { segment: serverSegment, offset: serverOffset },
    },
  ];
}
