import { JsonFault, parseJson } from '../../asl/index.ts';
import { ServiceError } from '../../core/errors.ts';
import {
  type Dialect,
  isNumber,
  isObject,
  type Json,
  matchesWithin,
  type PatternNode,
  parseKeepingNumbers,
  readPattern,
  rememberedLook,
} from '../../event-patterns/index.ts';

/** An event pattern, read and checked. */
export interface EventPattern {
  readonly root: PatternNode;
  /** Whether it names numbers: events then have to be read with the texts of theirs. */
  readonly namesNumbers: boolean;
}

/** An event as patterns look at it. */
export interface ReadEvent {
  readonly members: Json;
}

/** What every event has, by the reference of TestEventPattern; `resources` AWS does not ask for. */
const envelope = ['id', 'account', 'source', 'time', 'region', 'detail-type'] as const;

/** Reads an event pattern. Throws `ServiceError` `InvalidEventPatternException` in AWS's words, without the place in the text. */
export function parseEventPattern(text: string): EventPattern {
  const given = readJson(text, parseKeepingNumbers, refusePattern);
  if (!isObject(given)) return refusePattern('Filter is not an object');
  if (Object.keys(given).length === 0) return refusePattern('Empty objects are not allowed');
  return { root: readPattern(dialect, given).node, namesNumbers: hasNumbers(given) };
}

function hasNumbers(given: unknown): boolean {
  if (isNumber(given)) return true;
  return typeof given === 'object' && given !== null && Object.values(given).some(hasNumbers);
}

/**
 * Reads an event that somebody gives, for one pattern: keeping the texts of numbers takes ten times as long. Throws `ServiceError`
 * `ValidationException` if it is no event.
 */
export function parseEvent(text: string, { namesNumbers }: EventPattern): ReadEvent {
  const given = readJson(text, namesNumbers ? parseKeepingNumbers : JSON.parse, refuseEvent);
  if (!isObject(given)) return refuseEvent('it is not an object');
  const missing = envelope.filter((key) => !Object.hasOwn(given, key));
  if (missing.length > 0) return refuseEvent(`it has no ${missing.join(', ')}`);
  return { members: given };
}

/** Characters, values and conditions that are looked at for one answer: some tenths of a second. Whoever asks is nobody's queue of events. */
const mostWork = 20_000_000;

/** Whether the pattern matches the event. Throws `ServiceError` `ValidationException` where that takes too long to tell. */
export async function matchesEvent({ root }: EventPattern, { members }: ReadEvent): Promise<boolean> {
  const matched = await matchesWithin(root, members, rememberedLook(), mostWork);
  return matched ?? refuseEvent('it has too many values for a pattern of so many conditions');
}

/**
 * As the matcher does that AWS publishes (aws/event-ruler): numbers are the same by their text, or from -5e9 to 5e9 and with
 * up to six digits after the point by their value.
 */
const dialect: Dialect = {
  ...{
    name: 'Event pattern',
    refuse: refusePattern,
    refuseNested: undefined,
    affixesOfAnyCase: true,
    mixedLists: false,
  },
  numbers: { most: 5e9, mostText: '5.0E9', decimals: 6, othersByText: true },
};

function readJson(text: string, parse: (text: string) => unknown, refuse: (reason: string) => never): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof RangeError) return refuse('it is nested too deep');
    if (!(error instanceof SyntaxError)) throw error;
  }
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    return refuse(`${error.message}\n at ${error.location}`);
  }
}

function refusePattern(reason: string): never {
  throw new ServiceError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);
}

function refuseEvent(reason: string): never {
  throw new ServiceError('ValidationException', `Parameter Event is not valid. Reason: ${reason}`);
}
