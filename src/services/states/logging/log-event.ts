import type { HistoryEvent } from '../../../asl/index.ts';

export type LogLevel = 'ALL' | 'ERROR' | 'FATAL' | 'OFF';

const ends: ReadonlySet<string> = new Set(['ExecutionAborted', 'ExecutionFailed', 'ExecutionTimedOut']);

/** Whether an event is logged at a level (developer guide, "Log levels for Step Functions execution events"). */
export function isLogged(level: LogLevel, type: string): boolean {
  switch (level) {
    case 'ALL':
      return true;
    case 'ERROR':
      return type === 'FailStateEntered' || /(Failed|Aborted|TimedOut)$/.test(type);
    case 'FATAL':
      return ends.has(type);
    case 'OFF':
      return false;
  }
}

/** What a log event may have in bytes: what CloudWatch Logs takes, less what it adds. */
const longestMessage = 256 * 1024 - 26;

/** What executions carry from state to state: left out unless `includeExecutionData`. */
const dataMembers = ['input', 'output', 'parameters', 'assignedVariables'] as const;

export interface LoggedExecution {
  readonly arn: string;
  readonly redriveCount?: number;
}

/** The message of an event as AWS writes it: numbers are text, the details of all types have one name. */
export function formatLogEvent(execution: LoggedExecution, event: HistoryEvent, includeData: boolean): string {
  const details = detailsOf(event);
  const text = format(execution, event, includeData ? details : withoutData(details));
  if (!includeData || Buffer.byteLength(text) <= longestMessage) return text;
  return format(execution, event, truncated(details));
}

function format({ arn, redriveCount = 0 }: LoggedExecution, event: HistoryEvent, details: Details): string {
  return JSON.stringify({
    id: String(event.id),
    type: event.type,
    details,
    previous_event_id: String(event.previousEventId),
    event_timestamp: String(event.timestamp),
    execution_arn: arn,
    redrive_count: String(redriveCount),
  });
}

type Details = Readonly<Record<string, unknown>>;

function detailsOf(event: HistoryEvent): Details {
  const member = Object.keys(event).find((name) => name.endsWith('EventDetails'));
  return member === undefined ? {} : ((event as unknown as Record<string, Details>)[member] ?? {});
}

function withoutData(details: Details): Details {
  const left = Object.entries(details).filter(
    ([name]) => !dataMembers.some((member) => name === member || name === `${member}Details`),
  );
  return Object.fromEntries(left);
}

function truncated(details: Details): Details {
  const given = dataMembers.filter((member) => details[member] !== undefined);
  return {
    ...withoutData(details),
    ...Object.fromEntries(given.map((name) => [`${name}Details`, { truncated: true }])),
  };
}
