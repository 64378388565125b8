import { scopeOf } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { AccountId, Region } from '../../../core/ids.ts';
import type { Invoke } from '../../../core/invoke.ts';
import type { Logger } from '../../../core/logger.ts';
import { type RandomSource, uuidV7 } from '../../../core/random.ts';
import { servicePrincipal } from '../../../iam/index.ts';
import type { DueItem, DueKind, DueOutcome, DueWork, Transaction } from '../../../store/index.ts';
import type { MetricAlarmRecord } from '../records.ts';
import { notification } from './notification.ts';

export interface AlarmActionsOptions {
  readonly due: DueWork;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly invoke: Invoke;
}

/** A notice that is to be published. */
interface Notice {
  readonly account: AccountId;
  readonly region: Region;
  readonly alarm: string;
  readonly topicArn: string;
  readonly subject: string;
  readonly message: string;
  readonly tries: number;
}

const service = 'cloudwatch.amazonaws.com';
/** A topic that cannot be reached is tried again after a second, then after twice as long, up to this, and given up after so many. */
const retries = { longest: 300_000, most: 20 };
const longestSubject = 100;

/** What alarms tell others when their state changes: rows of the store, so that it is told at least once, whatever dies. */
export class AlarmActions {
  readonly #options: AlarmActionsOptions;
  readonly #kind: DueKind<Notice>;

  constructor(options: AlarmActionsOptions) {
    this.#options = options;
    this.#kind = {
      kind: 'alarmAction',
      atOnce: 20,
      longestWait: retries.longest,
      perform: (item, signal) => this.#perform(item, signal),
    };
    options.due.register(this.#kind);
  }

  /** In the transaction of the change. */
  add(transaction: Transaction, before: MetricAlarmRecord, alarm: MetricAlarmRecord): void {
    const { clock, random, due } = this.#options;
    const now = clock.now();
    for (const topicArn of alarm.actions[alarm.state]) {
      const subject = `${alarm.state}: "${alarm.name}" in ${alarm.region}`.slice(0, longestSubject);
      const message = JSON.stringify(notification(before, alarm));
      const body = { ...scopeOf(alarm), alarm: alarm.name, topicArn, subject, message, tries: 0 };
      due.put(transaction, this.#kind, { key: uuidV7(now, random), dueAt: now, body });
    }
  }

  async #perform({ key, body }: DueItem<Notice>, signal: AbortSignal): Promise<DueOutcome<Notice>> {
    const { clock, logger } = this.#options;
    try {
      await this.#publish(key, body, signal);
      return { kind: 'done' };
    } catch (error) {
      const isHopeless = error instanceof ServiceError && error.status < 500;
      if (isHopeless || body.tries + 1 >= retries.most) {
        logger.warn({ alarm: body.alarm, topicArn: body.topicArn, err: error }, 'an alarm could not tell its topic');
        return { kind: 'done' };
      }
      const wait = Math.min(retries.longest, 1_000 * 2 ** body.tries);
      return { kind: 'again', at: clock.now() + wait, body: { ...body, tries: body.tries + 1 } };
    }
  }

  async #publish(key: string, notice: Notice, signal: AbortSignal): Promise<void> {
    const { clock, random, invoke } = this.#options;
    const now = clock.now();
    const input = { TopicArn: notice.topicArn, Subject: notice.subject, Message: notice.message };
    await invoke('sns', 'Publish', input, {
      ...scopeOf(notice),
      principal: servicePrincipal(notice.account, service),
      source: { kind: 'service', service },
      requestId: uuidV7(now, random),
      now,
      idempotencyKey: `alarm:${key}`,
      signal,
    });
  }
}
