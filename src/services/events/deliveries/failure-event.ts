import { scopeOf } from '../../../core/arn.ts';
import { derivedUuid } from '../../../core/derived-uuid.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { BusEventFact } from '../../../store/index.ts';
import { defaultBus, ruleArn } from '../names.ts';
import { type Delivery, deliveryKey, type Failure } from './delivery.ts';

/** Who tells of deliveries that were given up: nobody else can put events of it on a bus. */
export const failureSource = 'batchyard.events';
const detailType = 'Event Delivery Failed';

/** What the default bus is told of a delivery that was given up; undefined of one that told of another. */
export function failureEvent(
  delivery: Delivery,
  { code, message, condition, retries }: Failure,
  at: EpochMilliseconds,
): BusEventFact | undefined {
  if (delivery.isOfFailure) return undefined;
  const { eventId, bus, rule, targetId, targetArn, depth } = delivery;
  const arn = ruleArn(delivery, rule, bus);
  const detail = {
    ...{ eventId, ruleArn: arn, targetId, targetArn, errorCode: code, errorMessage: message.slice(0, 1024) },
    ...{ exhaustedRetryCondition: condition ?? null, retryAttempts: retries },
  };
  return {
    ...scopeOf(delivery),
    ...{ kind: 'busEvent', at, eventId: derivedUuid('failed', deliveryKey(delivery)), bus: defaultBus },
    ...{
      source: failureSource,
      detailType,
      time: at,
      resources: [arn, targetArn],
      detail: JSON.stringify(detail),
      depth,
    },
  };
}
