import type { QueryStatus } from '@aws-sdk/client-cloudwatch-logs';
import type { Scope } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { ResultField } from '../insights/index.ts';
import type { LogGroupRecord } from '../records.ts';
import type { ScanStatistics } from './protocol.ts';

/** What is asked, and has been found to be a query. */
export interface AskedQuery {
  readonly scope: Scope;
  readonly groups: readonly LogGroupRecord[];
  readonly text: string;
  readonly limit: number | undefined;
  /** `from` inclusive, `to` exclusive, in epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

export type EndedStatus = Extract<QueryStatus, 'Complete' | 'Failed' | 'Cancelled' | 'Timeout'>;

/** A query from its start on, until its result is forgotten. */
export class Query {
  readonly id: string;
  readonly asked: AskedQuery;
  readonly createdAt: EpochMilliseconds;
  status: QueryStatus = 'Scheduled';
  statistics: ScanStatistics = { recordsScanned: 0, recordsMatched: 0, bytesScanned: 0 };
  /** In words, why it failed. */
  failure: string | undefined;
  endedAt: EpochMilliseconds | undefined;
  #parts: { readonly text: string; readonly count: number }[] = [];
  #rows = 0;
  #characters = 0;

  constructor(id: string, asked: AskedQuery, createdAt: EpochMilliseconds) {
    this.id = id;
    this.asked = asked;
    this.createdAt = createdAt;
  }

  get isOver(): boolean {
    return this.endedAt !== undefined;
  }

  get rowCount(): number {
    return this.isOver ? this.#rows : 0;
  }

  /** How much its result takes. */
  get characters(): number {
    return this.#characters;
  }

  addRows(text: string, count: number): void {
    this.#parts.push({ text, count });
    this.#rows += count;
    this.#characters += text.length;
  }

  /** A query that is not complete has no rows: some of them would be a wrong answer. */
  end(status: EndedStatus, at: EpochMilliseconds, failure?: string): void {
    this.status = status;
    this.endedAt = at;
    this.failure = failure;
    if (status === 'Complete') return;
    this.#parts = [];
    this.#rows = 0;
    this.#characters = 0;
  }

  /** Rows of the result; none before it is complete. */
  rows(from: number, most: number): ResultField[][] {
    if (!this.isOver) return [];
    const rows: ResultField[][] = [];
    let at = 0;
    for (const { text, count } of this.#parts) {
      const [skip, wanted] = [Math.max(0, from - at), most - rows.length];
      if (wanted > 0 && skip < count) rows.push(...(JSON.parse(text) as ResultField[][]).slice(skip, skip + wanted));
      at += count;
    }
    return rows;
  }
}

/** All queries: those that run, those that wait, and those whose results are still kept. */
export interface QueryRegistry {
  /** Throws `MalformedQuery`, and AWS's error where too many run and wait. */
  start(asked: AskedQuery): Query;
  /** Undefined where there is none of this account, or its result is forgotten. */
  find(scope: Scope, id: string): Query | undefined;
  /** Those of an account that are remembered, the youngest first. */
  list(scope: Scope): readonly Query[];
  /** Ends a query. False if it is over. */
  stop(query: Query): boolean;
}
