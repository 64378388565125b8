import type { HistoryEvent as SdkHistoryEvent } from '@aws-sdk/client-sfn';

export type HistoryEventType = NonNullable<SdkHistoryEvent['type']>;

/** One entry of the history in the shape of GetExecutionHistory; `timestamp` is milliseconds since the epoch. */
export type HistoryEvent = Omit<SdkHistoryEvent, 'timestamp' | 'id' | 'type' | 'previousEventId'> & {
  readonly timestamp: number;
  readonly id: number;
  readonly previousEventId: number;
  readonly type: HistoryEventType;
};

/** The details member of an entry, such as `{ stateEnteredEventDetails: {...} }`. */
export type HistoryDetails = Omit<SdkHistoryEvent, 'timestamp' | 'id' | 'type' | 'previousEventId'>;

/** `inputDetails` and `outputDetails`: this library never truncates. */
export const whole = { truncated: false } as const;

/** Error and cause as details hold them: what is empty is left out. */
export function failureDetails(failure: { error?: string | undefined; cause?: string | undefined }): {
  error?: string;
  cause?: string;
} {
  return {
    ...(failure.error ? { error: failure.error } : {}),
    ...(failure.cause ? { cause: failure.cause } : {}),
  };
}
