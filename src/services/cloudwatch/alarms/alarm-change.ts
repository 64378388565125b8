import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import { type RandomSource, uuidV7 } from '../../../core/random.ts';
import type { FactLog, Ledger, Transaction } from '../../../store/index.ts';
import { alarmArn } from '../access.ts';
import {
  type AlarmHistoryRecord,
  type AlarmState,
  alarmHistoryRecords,
  type MetricAlarmRecord,
  metricAlarmRecords,
} from '../records.ts';
import type { AlarmActions } from './alarm-actions.ts';
import { awsTime } from './reason.ts';

export interface AlarmChangeOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly facts: FactLog;
  readonly actions: AlarmActions;
}

export interface NewState {
  readonly state: AlarmState;
  readonly reason: string;
  readonly data?: string;
}

/** What happened is kept for 30 days, and of each alarm no more than so much. */
const history = { age: 30 * 86_400_000, entries: 100 };

/** Gives alarms their state. State, history, event and actions are one commit. */
export class AlarmChanges {
  readonly #options: AlarmChangeOptions;

  constructor(options: AlarmChangeOptions) {
    this.#options = options;
  }

  /** Only what differs from the state that an alarm has leads to actions. */
  set(alarm: MetricAlarmRecord, to: NewState): void {
    if (to.state === alarm.state) return;
    const at = this.#options.clock.now();
    const { stateReasonData: _old, ...rest } = alarm;
    const next: MetricAlarmRecord = {
      ...rest,
      ...{ state: to.state, stateReason: to.reason, stateUpdatedAt: at, transitionedAt: at },
      ...(to.data === undefined ? {} : { stateReasonData: to.data }),
    };
    this.#options.ledger.transact((transaction) => {
      transaction.put(metricAlarmRecords, next);
      this.note(transaction, next, {
        type: 'StateUpdate',
        summary: `Alarm updated from ${alarm.state} to ${to.state}`,
        data: JSON.stringify({ version: '1.0', oldState: stateOf(alarm), newState: stateOf(next) }),
      });
      this.#tell(transaction, alarm, next);
      if (next.actionsEnabled) this.#options.actions.add(transaction, alarm, next);
    });
  }

  /** Adds to what is known of an alarm's past. */
  note(
    transaction: Transaction,
    alarm: Scope & Pick<MetricAlarmRecord, 'name'>,
    entry: Pick<AlarmHistoryRecord, 'type' | 'summary' | 'data'>,
  ): void {
    const { ledger, clock } = this.#options;
    const at = clock.now();
    const known = [...ledger.by(alarmHistoryRecords, alarm, 'alarm', { value: alarm.name })];
    const last = ledger.by(alarmHistoryRecords, alarm, 'time', { descending: true }).next().value;
    const number = (last?.number ?? 0) + 1;
    transaction.put(alarmHistoryRecords, { ...scopeOf(alarm), alarm: alarm.name, number, at, ...entry });
    const over = known.filter((each, index) => each.at < at - history.age || index <= known.length - history.entries);
    for (const each of over) transaction.delete(alarmHistoryRecords, each, String(each.number));
  }

  #tell(transaction: Transaction, before: MetricAlarmRecord, after: MetricAlarmRecord): void {
    const { facts, clock, random } = this.#options;
    const at = clock.now();
    const metrics = after.queries.map(({ id, returnData, expression, stat, label }) => ({
      id,
      ...(stat && {
        metricStat: {
          metric: {
            namespace: stat.namespace,
            name: stat.name,
            dimensions: Object.fromEntries(stat.dimensions.map(({ name, value }) => [name, value])),
          },
          period: stat.period,
          stat: stat.statistic,
        },
      }),
      ...(expression !== undefined && { expression }),
      ...(label !== undefined && { label }),
      returnData,
    }));
    const detail = {
      alarmName: after.name,
      state: eventState(after),
      previousState: eventState(before),
      configuration: { ...(after.description !== undefined && { description: after.description }), metrics },
    };
    facts.append(transaction, {
      ...scopeOf(after),
      ...{ kind: 'busEvent', at, eventId: uuidV7(at, random), bus: 'default', source: 'aws.cloudwatch' },
      ...{ detailType: 'CloudWatch Alarm State Change', time: at, resources: [alarmArn(after, after.name)] },
      detail: JSON.stringify(detail),
    });
  }
}

function stateOf({ state, stateReason, stateReasonData }: MetricAlarmRecord) {
  const data: unknown = stateReasonData === undefined ? undefined : JSON.parse(stateReasonData);
  return { stateValue: state, stateReason, ...(data !== undefined && { stateReasonData: data }) };
}

function eventState({ state: value, stateReason: reason, stateReasonData, stateUpdatedAt }: MetricAlarmRecord) {
  return {
    value,
    reason,
    ...(stateReasonData !== undefined && { reasonData: stateReasonData }),
    timestamp: awsTime(stateUpdatedAt),
  };
}
