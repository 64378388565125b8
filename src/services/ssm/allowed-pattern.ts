import { RE2JS } from 're2js';
import { ServiceError } from '../../core/errors.ts';
import { quotas } from './limits.ts';

/**
 * The whole value must match. Matching is linear in the value, but as steep as the pattern is large: both are bounded, so that
 * one call takes no more than a fraction of a second from the others. Throws AWS's errors, and for a pattern that is too large ours.
 */
export function checkAllowedPattern(pattern: string, value: string): void {
  if (writtenOut(pattern) > quotas.patternAtoms) throw tooLarge(pattern);
  const compiled = compile(pattern);
  if (compiled.programSize() * (value.length + 1) > quotas.patternSteps) throw tooLarge(pattern);
  if (compiled.matches(value)) return;
  const message = `Parameter value, cannot be validated by the allowed pattern: ${pattern}`;
  throw new ServiceError('ParameterPatternMismatchException', message);
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    throw new ServiceError('InvalidAllowedPatternException', `The allowed pattern ${pattern} is not valid.`, { cause });
  }
}

function tooLarge(pattern: string): ServiceError {
  return new ServiceError(
    'InvalidAllowedPatternException',
    `The allowed pattern ${pattern} takes too long to match with a value of this length: use fewer or smaller counted ` +
      'repeats ({n}), or a shorter value.',
  );
}

/** Quoted text, escapes, classes, counted repeats, and any other character. */
const tokens = /\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\{(\d+)(?:,(\d*))?\}|[\s\S]/g;

/**
 * How many atoms a pattern has once its counted repeats are written out, which is what compiling it costs. May count too many,
 * never too few by more than what RE2 adds to each atom.
 */
export function writtenOut(pattern: string): number {
  const outer: Level[] = [];
  let level: Level = { before: 0, last: 0 };
  for (const [token, least, most] of pattern.matchAll(tokens)) {
    if (least !== undefined) level.last *= Math.max(1, Number(least), Number(most || 0));
    else if (token === '(') {
      outer.push(level);
      level = { before: 1, last: 0 };
    } else if (token === ')') {
      const group = level.before + level.last;
      level = outer.pop() ?? { before: 0, last: 0 };
      level = { before: level.before + level.last, last: group };
    } else if (!'?*+'.includes(token))
      level = { before: level.before + level.last, last: token.length > 2 ? lengthOf(token) : 1 };
  }
  return outer.reduce((sum, { before, last }) => sum + before + last, level.before + level.last);
}

/** What stands in one group, so far: all but the last atom, and that one, which a repeat would multiply. */
interface Level {
  before: number;
  last: number;
}

/** Of a quotation each character is an atom; a class is one. */
function lengthOf(token: string): number {
  return token.startsWith('\\Q') ? token.length : 1;
}
