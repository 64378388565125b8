import type {
  GetTrailStatusCommandInput,
  GetTrailStatusCommandOutput,
  StartLoggingCommandInput,
  StartLoggingCommandOutput,
  StopLoggingCommandInput,
  StopLoggingCommandOutput,
} from '@aws-sdk/client-cloudtrail';
import { z } from 'zod';
import { present } from '../../../core/present.ts';
import { secondsText } from '../../../core/seconds-text.ts';
import { type Span, type TrailProgressRecord, trailProgressRecords, trailRecords } from '../records.ts';
import { refuse, unknownTrail } from '../refusals.ts';
import { type CloudTrailRuntime, cloudTrailOperation, requireRecords } from '../runtime.ts';
import { requireOwnTrail, requireTrail, trailAccess } from '../trails.ts';
import { wholeSeconds } from './trails.ts';

const schema = z.object({ Name: z.string().max(2048) });
type Input = z.infer<typeof schema>;

/** Who starts and stops again and again while nothing can be delivered leaves so many stretches of records to deliver. */
const mostSpans = 100;

/** From the next call on. */
export const startLogging = cloudTrailOperation<StartLoggingCommandInput, StartLoggingCommandOutput>()<Input>({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ Name }, context) => trailAccess('StartLogging', context, Name),
  handler: async (runtime, { Name }, context) => {
    const { ledger } = runtime;
    const { audit, deliverer } = requireRecords(runtime);
    requireOwnTrail(ledger, context, Name);
    const at = await audit.end();
    const trail = requireOwnTrail(ledger, context, Name);
    if (trail.isLogging) return {};
    const progress = progressOf(runtime, trail);
    if (progress.spans.length >= mostSpans)
      refuse('ThrottlingException', 'What was logged before has to be delivered first.');
    const chains =
      trail.validation && progress.chains.length === 0
        ? [{ region: trail.region, since: wholeSeconds(context.now) }]
        : progress.chains;
    ledger.transact((transaction) => {
      transaction.put(trailRecords, { ...trail, isLogging: true, startedAt: context.now });
      transaction.put(trailProgressRecords, { ...progress, spans: [...progress.spans, { at }], chains });
      deliverer.begin(transaction, trail);
    });
    return {};
  },
});

/** What was recorded up to now is still delivered. */
export const stopLogging = cloudTrailOperation<StopLoggingCommandInput, StopLoggingCommandOutput>()<Input>({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ Name }, context) => trailAccess('StopLogging', context, Name),
  handler: async (runtime, { Name }, context) => {
    const { ledger } = runtime;
    const { audit } = requireRecords(runtime);
    requireOwnTrail(ledger, context, Name);
    const until = await audit.end();
    const trail = requireOwnTrail(ledger, context, Name);
    if (!trail.isLogging) return {};
    const progress = progressOf(runtime, trail);
    const spans = progress.spans.map((span): Span => ({ ...span, until: span.until ?? until }));
    ledger.transact((transaction) => {
      transaction.put(trailRecords, { ...trail, isLogging: false, stoppedAt: context.now });
      transaction.put(trailProgressRecords, { ...progress, spans });
    });
    return {};
  },
});

function progressOf(
  { ledger }: CloudTrailRuntime,
  trail: Parameters<typeof ledger.get>[1] & { name: string },
): TrailProgressRecord {
  return ledger.get(trailProgressRecords, trail, trail.name) ?? unknownTrail(trail.name);
}

export const getTrailStatus = cloudTrailOperation<GetTrailStatusCommandInput, GetTrailStatusCommandOutput>()<Input>({
  schema,
  readOnly: true,
  audit: 'management',
  access: ({ Name }, context) => trailAccess('GetTrailStatus', context, Name),
  handler: (runtime, { Name }, context) => {
    const trail = requireTrail(runtime.ledger, context, Name);
    const { startedAt, stoppedAt, isLogging } = trail;
    const { status } = progressOf(runtime, trail);
    return {
      IsLogging: isLogging,
      ...present({
        LatestDeliveryError: status.error,
        LatestNotificationError: status.notificationError,
        LatestDeliveryTime: dateOf(status.deliveredAt),
        LatestNotificationTime: dateOf(status.notifiedAt),
        StartLoggingTime: dateOf(startedAt),
        StopLoggingTime: dateOf(stoppedAt),
        LatestDigestDeliveryTime: dateOf(status.digestedAt),
        LatestDigestDeliveryError: status.digestError,
      }),
      LatestDeliveryAttemptTime: textOfTime(status.attemptedAt),
      LatestNotificationAttemptTime: textOfTime(status.notificationAttemptedAt),
      LatestNotificationAttemptSucceeded: textOfTime(status.notifiedAt),
      LatestDeliveryAttemptSucceeded: textOfTime(status.deliveredAt),
      TimeLoggingStarted: textOfTime(startedAt),
      TimeLoggingStopped: textOfTime(stoppedAt),
    };
  },
});

function dateOf(time: number | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time);
}

/** Empty if it never was. */
function textOfTime(time: number | undefined): string {
  return time === undefined ? '' : secondsText(time);
}
