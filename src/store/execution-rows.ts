import type { ExecutionSummary, HistoryQuery, StoredEvent, StoredExecution } from './contract.ts';
import type { ExecutionRecord, ExecutionState } from './records.ts';
import { fromVersionedJson, toVersionedJson } from './versioned-json.ts';

/** What lists and sweeps need of an execution's state without reading it. */
export interface ExecutionColumns {
  readonly status: ExecutionState['status'];
  readonly stoppedAt: number | null;
  readonly redriveCount: number;
  readonly redrivenAt: number | null;
  /** JSON of the rest: header and launch. */
  readonly state: string;
}

/** What never changes of an execution, apart from its input. */
export interface FixedExecutionColumns {
  readonly stateMachineArn: string;
  readonly versionArn: string | null;
  readonly aliasArn: string | null;
  readonly mapRunArn: string | null;
  readonly revisionId: string;
  readonly record: string;
}

export function fixedExecutionColumns({ input: _input, ...record }: ExecutionRecord): FixedExecutionColumns {
  return {
    stateMachineArn: record.stateMachineArn,
    versionArn: record.stateMachineVersionArn ?? null,
    aliasArn: record.stateMachineAliasArn ?? null,
    mapRunArn: record.mapRunArn ?? null,
    revisionId: record.revisionId,
    record: toVersionedJson(record),
  };
}

export function executionColumns(given: ExecutionState): ExecutionColumns {
  const { status, stoppedAt = null, redriveCount, redrivenAt = null, ...rest } = given;
  return { status, stoppedAt, redriveCount, redrivenAt, state: toVersionedJson(rest) };
}

type SummaryColumns = Omit<ExecutionColumns, 'state'> & { readonly position: number; readonly record: string };

export function fromSummaryColumns(columns: SummaryColumns): ExecutionSummary {
  return {
    position: columns.position,
    record: fromVersionedJson<ExecutionSummary['record']>(columns.record),
    state: summaryState(columns),
  };
}

export function fromExecutionColumns(columns: SummaryColumns & { state: string; input: string }): StoredExecution {
  const rest = fromVersionedJson<Pick<ExecutionState, 'header' | 'launch'>>(columns.state);
  const { position, record } = fromSummaryColumns(columns);
  return { position, record: { ...record, input: columns.input }, state: { ...summaryState(columns), ...rest } };
}

function summaryState({ status, stoppedAt, redriveCount, redrivenAt }: Omit<ExecutionColumns, 'state'>) {
  return {
    status,
    ...(stoppedAt === null ? {} : { stoppedAt }),
    redriveCount,
    ...(redrivenAt === null ? {} : { redrivenAt }),
  };
}

/** Some events of a history that follow each other, as one row. */
export interface HistoryRow {
  readonly firstEvent: number;
  readonly lastEvent: number;
  /** JSON of the events. */
  readonly events: string;
}

export function historyRow(events: readonly StoredEvent[]): HistoryRow {
  const [first] = events;
  const last = events.at(-1);
  if (!first || !last) throw new Error('a history row has events');
  return { firstEvent: first.id, lastEvent: last.id, events: toVersionedJson(events) };
}

/** A page of a history ends with the row that reaches this many characters: what one answer holds stays bounded. */
const pageCharacters = 2 * 1024 * 1024;

/** The rows that a page is made of; `rows` are those of the history in the page's direction, from where it begins. */
export function takeHistoryRows(rows: Iterable<HistoryRow>, query: HistoryQuery): HistoryRow[] {
  const taken: HistoryRow[] = [];
  let events = 0;
  let characters = 0;
  for (const row of rows) {
    if (events >= query.limit || characters >= pageCharacters) break;
    taken.push(row);
    events += eventsWithin(row, query);
    characters += row.events.length;
  }
  return taken;
}

function eventsWithin({ firstEvent, lastEvent }: HistoryRow, { backwards, from }: HistoryQuery): number {
  if (from === undefined) return lastEvent - firstEvent + 1;
  return backwards ? Math.min(lastEvent, from - 1) - firstEvent + 1 : lastEvent - Math.max(firstEvent, from + 1) + 1;
}

export function historyPage(
  texts: readonly string[],
  { backwards, from, limit }: HistoryQuery,
): readonly StoredEvent[] {
  const rows = texts.map((text) => fromVersionedJson<readonly StoredEvent[]>(text));
  const events = backwards ? rows.flatMap((row) => row.toReversed()) : rows.flat();
  const within = ({ id }: StoredEvent) => from === undefined || (backwards ? id < from : id > from);
  return events.filter(within).slice(0, limit);
}
