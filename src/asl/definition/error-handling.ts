import { stateErrors } from '../errors.ts';
import { limits } from '../limits.ts';
import { readAssign, readJsonata, readResultPath } from './data-flow.ts';
import { Fields } from './fields.ts';
import type { Catcher, QueryLanguage, Retrier } from './machine.ts';

/** Reads `Retry`. Defaults: 1 second, 3 attempts, rate 2, no longest delay, no jitter. */
export function readRetry(fields: Fields): readonly Retrier[] {
  const elements = fields.objects('Retry');
  return elements.map(({ object, at }, i) => {
    const retrier = new Fields(object, at, fields.problems);
    retrier.take('Comment');
    const read = readRetrier(retrier, i === elements.length - 1);
    retrier.finish();
    return read;
  });
}

function readRetrier(fields: Fields, last: boolean): Retrier {
  const intervalSeconds = fields.integer('IntervalSeconds', 1, limits.largestRetryNumber) ?? 1;
  const maxDelaySeconds = fields.integer('MaxDelaySeconds', 1, limits.longestDelaySeconds - 1);
  if (maxDelaySeconds !== undefined && maxDelaySeconds <= intervalSeconds) {
    fields.fault('MaxDelaySeconds', 'Value must be greater than IntervalSeconds');
  }
  return {
    errorEquals: readErrorEquals(fields, last),
    intervalSeconds,
    maxAttempts: fields.integer('MaxAttempts', 0, limits.largestRetryNumber) ?? 3,
    backoffRate: readBackoffRate(fields),
    maxDelaySeconds,
    jitter: fields.oneOf('JitterStrategy', ['FULL', 'NONE']) ?? 'NONE',
  };
}

function readBackoffRate(fields: Fields): number {
  const value = fields.take('BackoffRate');
  if (value === undefined) return 2;
  if (typeof value === 'number' && value >= 1) return value;
  fields.fault('BackoffRate', typeof value === 'number' ? 'Minimum value is 1.0' : 'Expected value of type Number');
  return 2;
}

function readErrorEquals(fields: Fields, last: boolean): readonly string[] {
  const names = fields.list('ErrorEquals', true) ?? [];
  if (!names.every((name) => typeof name === 'string')) {
    fields.fault('ErrorEquals', 'Expected value of type Array of String');
    return [];
  }
  if (names.includes(stateErrors.all)) {
    if (names.length > 1) fields.fault('ErrorEquals', 'States.ALL must appear alone');
    if (!last) fields.fault('ErrorEquals', 'States.ALL must appear in the last element');
  }
  return names;
}

/** Reads `Catch`. */
export function readCatch(fields: Fields, language: QueryLanguage): readonly Catcher[] {
  const elements = fields.objects('Catch');
  return elements.map(({ object, at }, i) => {
    const catcher = new Fields(object, at, fields.problems);
    catcher.take('Comment');
    const read = readCatcher(catcher, language, `Catch[${i}]`, i === elements.length - 1);
    catcher.finish();
    return read;
  });
}

function readCatcher(fields: Fields, language: QueryLanguage, field: string, last: boolean): Catcher {
  const jsonata = language === 'JSONata';
  return {
    errorEquals: readErrorEquals(fields, last),
    next: fields.string('Next', true) ?? '',
    resultPath: jsonata ? undefined : readResultPath(fields),
    output: jsonata ? readJsonata(fields, 'Output', { errorOutput: true }, `${field}/Output`) : undefined,
    assign: readAssign(fields, language, { errorOutput: true }, `${field}/Assign`),
  };
}
