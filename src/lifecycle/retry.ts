import type { AttemptRecord, ContainerOutcome, ExitRule, RetryStrategy } from '../core/job.ts';

/** Whether a failed attempt is followed by another, and why. `rule` counts from 0 in `evaluateOnExit`. */
export type RetryDecision =
  | { readonly retry: true; readonly because: 'attempts-remain' | 'no-rule-matches' }
  | { readonly retry: true; readonly because: 'rule'; readonly rule: number }
  | { readonly retry: false; readonly because: 'attempts-used-up' }
  | { readonly retry: false; readonly because: 'rule'; readonly rule: number };

/**
 * Decides after the failed attempt number `made` (1, 2, ...). The first rule of which every given pattern matches wins;
 * when none does, the job is retried (spec 01 §9, 02 §8).
 */
export function decideRetry(strategy: RetryStrategy, attempt: AttemptRecord, made: number): RetryDecision {
  if (made >= strategy.attempts) return { retry: false, because: 'attempts-used-up' };
  if (strategy.evaluateOnExit.length === 0) return { retry: true, because: 'attempts-remain' };
  const rule = strategy.evaluateOnExit.findIndex((candidate) => matchesRule(candidate, attempt));
  if (rule < 0) return { retry: true, because: 'no-rule-matches' };
  return { retry: strategy.evaluateOnExit[rule]?.action === 'RETRY', because: 'rule', rule };
}

function matchesRule(rule: ExitRule, attempt: AttemptRecord): boolean {
  const container = decidingContainer(attempt.containers);
  return (
    // Nothing is the decimal representation of an exit code that there is not: not even `*` matches it.
    matchesIfGiven(rule.onExitCode, container?.exitCode?.toString()) &&
    // AWS's own catch-all `onReason: "*"` must match a plain exit, which has no reason: absent text is empty text.
    matchesIfGiven(rule.onReason, container?.reason ?? '') &&
    matchesIfGiven(rule.onStatusReason, attempt.statusReason)
  );
}

function matchesIfGiven(pattern: string | undefined, text: string | undefined): boolean {
  return pattern === undefined || (text !== undefined && matchesPattern(pattern, text));
}

/**
 * A trailing `*` matches any rest, anything else only itself. Case matters: the API reference says "the start of the
 * string needs to be an exact match", and calls only the values of `action` not case sensitive (API_EvaluateOnExit).
 */
export function matchesPattern(pattern: string, text: string): boolean {
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

/** The container that an attempt is judged by: the first essential one that failed, else the first essential one. */
export function decidingContainer(containers: readonly ContainerOutcome[]): ContainerOutcome | undefined {
  const essential = containers.filter((container) => container.essential !== false);
  return essential.find((container) => container.exitCode !== 0) ?? essential[0];
}
