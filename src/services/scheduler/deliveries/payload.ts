import { secondsText } from '../../../core/seconds-text.ts';
import { scheduleArn } from '../names.ts';
import { targetKind } from '../targets/index.ts';
import { executionId, type Invocation, withContext } from './invocation.ts';

/** What a target is given: its input, or else AWS's notification of a scheduled event. */
export function payloadOf(invocation: Invocation, attempt: number): string {
  const { input, arn } = invocation.target;
  if (input !== undefined) return withContext(input, invocation, attempt);
  const kind = targetKind(arn);
  return kind === 'universal' || kind === 'bus' ? '{}' : notification(invocation);
}

function notification(invocation: Invocation): string {
  const { account, region, slot } = invocation;
  return JSON.stringify({
    ...{ version: '0', id: executionId(invocation), 'detail-type': 'Scheduled Event', source: 'aws.scheduler' },
    ...{ account, time: secondsText(slot), region, resources: [scheduleArn(invocation, invocation)], detail: '{}' },
  });
}
