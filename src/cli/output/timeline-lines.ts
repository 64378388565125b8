import { nameOfArn } from '../../core/arn.ts';
import type { GetJobTimelineOutput } from '../../services/batch/index.ts';

type TimelineEvent = GetJobTimelineOutput['events'][number];

/** A line for each event of a job: when, what, and who asked for it. */
export function timelineLines(events: readonly TimelineEvent[]): readonly string[] {
  return events.map((event) => {
    const by = 'by' in event && event.by ? `, by ${nameOfArn(event.by.principal)} (request ${event.by.requestId})` : '';
    return `${new Date(event.at).toISOString()}  ${wordsOf(event)}${by}`;
  });
}

function wordsOf(event: TimelineEvent): string {
  switch (event.what) {
    case 'submitted':
      return 'submitted';
    case 'dependency-ended':
      return `${event.jobId}, for which it waited, ended ${event.status}`;
    case 'placed':
      return `attempt ${event.attempt} placed on ${event.instance} of ${event.computeEnvironment}`;
    case 'attempt-started':
      return `attempt ${event.attempt} started${event.instance === undefined ? '' : ` on ${event.instance}`}`;
    case 'attempt-ended': {
      const exit = event.exitCode === undefined ? undefined : `exit code ${event.exitCode}`;
      const how = [exit, event.reason, event.containerReason].filter((words) => words !== undefined);
      return `attempt ${event.attempt} ended: ${how.join(', ')}`;
    }
    case 'stop-asked':
      return `to be stopped${event.operation === undefined ? '' : ` by ${event.operation}`}: ${event.reason}`;
    case 'ended':
      return `${event.status}${event.reason === undefined ? '' : `: ${event.reason}`}`;
  }
}
