import type { ExitRule, RetryStrategy } from '../../../core/job.ts';
import { demand } from '../refusals.ts';
import type { GivenRetryStrategy, GivenTimeout } from './schema.ts';

const mostAttempts = 10;
const mostRules = 5;
const longestPattern = 512;
const leastTimeoutSeconds = 60;
/** Spec 02 §8: digits; letters, digits, points, colons and white space; each with an optional `*` at its end. */
const exitCodePattern = /^\d*\*?$/;
const reasonPattern = /^[0-9A-Za-z.:\s]*\*?$/;

/** One attempt, whatever happens. */
export const singleAttempt: RetryStrategy = { attempts: 1, evaluateOnExit: [] };

/**
 * Checks a retry strategy and compiles it; undefined when none is given. The words: cdk-preflight, but for those of too many
 * conditions, of which none are reported.
 */
export function compileRetryStrategy(given: GivenRetryStrategy): RetryStrategy | undefined {
  if (!given) return undefined;
  const { attempts, evaluateOnExit = [] } = given;
  demand(attempts !== undefined, 'RetryAttempts must be provided with retry strategy.');
  demand(attempts >= 1 && attempts <= mostAttempts, `RetryAttempts must be between 1 and ${mostAttempts}.`);
  demand(evaluateOnExit.length <= mostRules, `evaluateOnExit can have at most ${mostRules} entries.`);
  return { attempts, evaluateOnExit: evaluateOnExit.map(compileRule) };
}

/** Checks a timeout; undefined when there is none. The words: cdk-preflight. */
export function compileTimeout(given: GivenTimeout): number | undefined {
  const seconds = given?.attemptDurationSeconds;
  const long = seconds === undefined || seconds >= leastTimeoutSeconds;
  demand(long, `AttemptDurationSeconds in Timeout must be at least ${leastTimeoutSeconds} seconds.`);
  return seconds;
}

type GivenRule = NonNullable<NonNullable<GivenRetryStrategy>['evaluateOnExit']>[number];

function compileRule({ action, onExitCode, onReason, onStatusReason }: GivenRule): ExitRule {
  demand(
    [onExitCode, onReason, onStatusReason].some((condition) => condition !== undefined),
    'EvaluateOnExit should contain at least one of onExitCode, onReason or onStatusReason.',
  );
  checkPattern(onExitCode, exitCodePattern);
  checkPattern(onReason, reasonPattern);
  checkPattern(onStatusReason, reasonPattern);
  return {
    action: action.toUpperCase() === 'RETRY' ? 'RETRY' : 'EXIT',
    ...(onExitCode === undefined ? {} : { onExitCode }),
    ...(onReason === undefined ? {} : { onReason }),
    ...(onStatusReason === undefined ? {} : { onStatusReason }),
  };
}

function checkPattern(text: string | undefined, pattern: RegExp): void {
  if (text === undefined) return;
  demand(text.length <= longestPattern, `Evaluate on exit condition cannot exceed ${longestPattern} characters.`);
  demand(pattern.test(text), 'Evaluate on exit condition contains restricted characters.');
}
