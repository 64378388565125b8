import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CancelTimer, Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import type { Ledger } from '../../../store/index.ts';
import { MathRefused } from '../math/value.ts';
import { readStatistic } from '../points/statistic.ts';
import type { QueryRunner } from '../query-runner.ts';
import { type MetricAlarmRecord, metricAlarmRecords } from '../records.ts';
import type { AlarmChanges } from './alarm-change.ts';
import { type AlarmPlace, AlarmWheel, turnOf } from './alarm-wheel.ts';
import { breachesBy, evaluate, type MissingData, pointsBeyond } from './evaluation.ts';
import { stateReason } from './reason.ts';

export interface AlarmHouseOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly queries: QueryRunner;
  readonly changes: AlarmChanges;
}

const second: Milliseconds = 1_000;
/** After a pause each is looked at once, not once for each second that was missed. */
const longestTurn = 60;
/** Alarms that are looked at in one turn. */
const perTurn = 20;

/** Looks at each alarm every minute, or every ten seconds where its period is shorter, each at its own second. */
export class AlarmHouse {
  readonly changes: AlarmChanges;
  readonly #options: AlarmHouseOptions;
  readonly #wheel = new AlarmWheel();
  #cancel: CancelTimer | undefined;
  #isOpen = false;
  #last = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(options: AlarmHouseOptions) {
    this.#options = options;
    this.changes = options.changes;
  }

  /** All are looked at once, then each at its time. */
  open(): void {
    this.#isOpen = true;
    this.#last = this.#second();
    this.#wheel.clear();
    const all = this.#options.ledger.all(metricAlarmRecords);
    for (const alarm of all) this.#wheel.add(alarm);
    this.#add(all);
    this.#later();
  }

  pause(): void {
    this.#isOpen = false;
    this.#cancel?.();
  }

  /** Pauses, and waits for what is being looked at. */
  close(): Promise<void> {
    this.pause();
    return this.#work;
  }

  /** Looks at an alarm that was made or changed once that is accepted. */
  wake(alarm: MetricAlarmRecord): void {
    if (!this.#isOpen) return;
    this.#wheel.add(alarm);
    this.#add([alarm]);
    this.#later();
  }

  /** Resolves when nothing is being looked at. */
  idle(): Promise<void> {
    return this.#work;
  }

  #second(): number {
    return Math.floor(this.#options.clock.now() / second);
  }

  /** While there is any alarm, each second those whose time has come. */
  #later(): void {
    this.#cancel?.();
    if (!this.#isOpen || this.#wheel.size === 0) return;
    const { clock } = this.#options;
    this.#cancel = clock.after(second - (clock.now() % second), () => {
      this.#tick();
      this.#later();
    });
  }

  #tick(): void {
    const now = this.#second();
    // A clock that was set back begins anew.
    const missed = now < this.#last ? 1 : Math.min(longestTurn, now - this.#last);
    this.#last = now;
    const due = this.#wheel.due(now, missed, (place) => this.#current(place));
    this.#add(due);
  }

  #current(place: AlarmPlace): MetricAlarmRecord | undefined {
    return this.#options.ledger.get(metricAlarmRecords, place, place.name);
  }

  #add(alarms: readonly MetricAlarmRecord[]): void {
    if (alarms.length === 0) return;
    const now = this.#options.clock.now();
    this.#work = this.#work.then(async () => {
      for (const [index, alarm] of alarms.entries()) {
        if (!this.#isOpen) return;
        await this.#look(alarm, now);
        if (index % perTurn === perTurn - 1) await nextTurn();
      }
    });
  }

  async #look(alarm: MetricAlarmRecord, now: number): Promise<void> {
    const { ledger, logger, changes } = this.#options;
    try {
      const found = await this.#judge(alarm, now);
      // Who was changed or deleted meanwhile is looked at again, or no more.
      const isCurrent = this.#current(alarm) === alarm;
      if (found && isCurrent && this.#isOpen && ledger.takesChanges) changes.set(alarm, found);
    } catch (error) {
      logger.warn({ alarm: alarm.name, err: error }, 'an alarm could not be looked at');
    }
  }

  async #judge(alarm: MetricAlarmRecord, now: number) {
    const { period, evaluationPeriods, datapointsToAlarm = evaluationPeriods, threshold, comparison } = alarm;
    const grain = turnOf(alarm);
    const to = Math.floor(now / second / grain) * grain;
    const from = to - (evaluationPeriods + pointsBeyond) * period;
    const points = await this.#points(alarm, { from, to, origin: from });
    const verdict = evaluate({
      points,
      ...{ evaluationPeriods, datapointsToAlarm },
      missingData: (alarm.treatMissingData ?? 'missing') as MissingData,
      breaches: breachesBy(comparison, threshold),
    });
    if (verdict.state === 'keep' || verdict.state === alarm.state) return undefined;
    return { state: verdict.state, ...stateReason(alarm, verdict.state, verdict, { newest: to - period, now }) };
  }

  /** One for each period, the newest first. */
  async #points(
    alarm: MetricAlarmRecord,
    window: { readonly from: number; readonly to: number; readonly origin: number },
  ): Promise<(number | undefined)[]> {
    const { period, queries } = alarm;
    const shown = queries.find(({ returnData }) => returnData);
    const found = shown && (await this.#valuesOf(alarm, shown.id, window));
    const count = Math.round((window.to - window.from) / period);
    return Array.from({ length: count }, (_, index) => found?.get(window.to - (index + 1) * period));
  }

  async #valuesOf(
    alarm: MetricAlarmRecord,
    id: string,
    window: { readonly from: number; readonly to: number; readonly origin: number },
  ): Promise<ReadonlyMap<number, number> | undefined> {
    const { queries: runner } = this.#options;
    if (alarm.lowSampleCount === 'ignore') return this.#enoughSamples(alarm, window);
    try {
      const value = (await runner.run(alarm, alarm.queries, window)).valueOf(id);
      return value.kind === 'series' ? value.points : undefined;
    } catch (error) {
      if (error instanceof MathRefused) return undefined;
      throw error;
    }
  }

  /** Percentiles of periods that have enough values: 10 / (1 - p) of them, or 10 / p below the middle. */
  async #enoughSamples(
    alarm: MetricAlarmRecord,
    window: { readonly from: number; readonly to: number; readonly origin: number },
  ): Promise<ReadonlyMap<number, number> | undefined> {
    const { queries: runner } = this.#options;
    const [query] = alarm.queries;
    const statistic = query?.stat && readStatistic(query.stat.statistic);
    if (!query?.stat || statistic?.kind !== 'percentile') return undefined;
    const { stat } = query;
    const counts = await runner.points(alarm, { metric: stat, unit: stat.unit, period: stat.period }, window);
    const values = (await runner.run(alarm, alarm.queries, window)).valueOf(query.id);
    const needed = 10 / Math.max(1e-9, Math.min(statistic.share, 1 - statistic.share));
    if (values.kind !== 'series') return undefined;
    return new Map([...values.points].filter(([time]) => (counts.get(time)?.count ?? 0) >= needed));
  }
}
