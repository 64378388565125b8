import type { HistoryEvent as SdkHistoryEvent } from '@aws-sdk/client-sfn';
import type { Wire } from '../wire.ts';

/** An event of an execution; its time is in seconds since 1970. */
export type HistoryEvent = Wire<SdkHistoryEvent>;

/** What an event says beside its type, whatever member AWS has it in. */
export interface EventDetails {
  readonly name?: string;
  readonly index?: number;
  readonly input?: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly mapRunArn?: string;
  readonly resourceType?: string;
}

export function detailsOf(event: HistoryEvent): EventDetails {
  for (const [member, details] of Object.entries(event))
    if (member.endsWith('EventDetails')) return details as EventDetails;
  return {};
}
