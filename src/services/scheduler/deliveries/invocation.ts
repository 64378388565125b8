import { createHash } from 'node:crypto';
import type { Scope } from '../../../core/arn.ts';
import type { ExhaustedLimit } from '../../../core/delivery-retries.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import { secondsText } from '../../../core/seconds-text.ts';
import { defineRecord } from '../../../store/index.ts';
import { scheduleArn } from '../names.ts';
import type { StoredTarget } from '../records.ts';

/** Why a target could not be called. */
export interface Failure {
  /** The code of the service that was called. */
  readonly code: string;
  readonly message: string;
  readonly condition?: ExhaustedLimit;
  readonly retries: number;
}

/** One slot of a schedule, on its way to the target that it had then. It waits in the lane of that, and is no record of the ledger. */
export interface Invocation extends Scope {
  readonly group: string;
  readonly name: string;
  /** When the schedule was made: another one may have its name. */
  readonly madeAt: EpochMilliseconds;
  readonly slot: EpochMilliseconds;
  readonly firstAt: EpochMilliseconds;
  readonly target: StoredTarget;
  /** It was the last of a schedule that deletes itself. Others end with their schedule. */
  readonly isLast?: true;
  /** It was given up, and goes to the dead-letter queue. */
  readonly dead?: Failure & { readonly queueArn: string };
}

/** Names an invocation: the same whenever it is made. */
export function invocationKey({ account, region, group, name, madeAt, slot, dead }: Invocation): string {
  return [account, region, group, name, madeAt, slot, ...(dead ? ['dead'] : [])].join(' ');
}

/** What AWS calls an execution id: the same at every try. */
export function executionId({ dead: _, ...alive }: Invocation): string {
  return createHash('sha256').update(invocationKey(alive)).digest('hex').slice(0, 16);
}

/** Who receives it. Universal targets have no account and region in their ARNs. */
export function laneOf({ account, region, target, dead }: Invocation): string {
  return dead?.queueArn ?? `${account} ${region} ${target.arn}`;
}

/** Replaces the words that stand for what is known of an invocation. */
export function withContext(text: string, invocation: Invocation, attempt: number): string {
  const words: Readonly<Record<string, string>> = {
    'schedule-arn': scheduleArn(invocation, invocation),
    'scheduled-time': secondsText(invocation.slot),
    'execution-id': executionId(invocation),
    'attempt-number': String(attempt),
  };
  return text.replace(/<aws\.scheduler\.([a-z-]+)>/g, (whole, word: string) =>
    Object.hasOwn(words, word) ? (words[word] ?? whole) : whole,
  );
}

/** How invocations are written in their lanes. */
export const invocationBodies = defineRecord({
  type: 'scheduleInvocation',
  key: (invocation: Invocation) => invocationKey(invocation),
});
