import type { TimelineEvent } from '../../../../src/services/batch/batchyard/job-timeline.ts';
import type { Say } from '../../views/failure-words.ts';

const keys: Readonly<Record<TimelineEvent['what'], string>> = {
  submitted: 'job.event.submitted',
  'dependency-ended': 'job.event.dependency-ended',
  placed: 'job.event.placed',
  'attempt-started': 'job.event.attempt-started',
  'attempt-ended': 'job.event.attempt-ended',
  'stop-asked': 'job.event.stop-asked',
  ended: 'job.event.ended',
};

/** What happened, in words; who asked for it stands beside that. */
export function timelineWords(event: TimelineEvent, text: Say): string {
  const say = (values: Readonly<Record<string, string | number>> = {}) => text(keys[event.what], values);
  switch (event.what) {
    case 'submitted':
      return say();
    case 'dependency-ended':
      return say({ jobId: event.jobId, status: event.status });
    case 'placed':
      return say({ attempt: event.attempt, instance: event.instance, environment: event.computeEnvironment });
    case 'attempt-started':
      return say({ attempt: event.attempt, instance: event.instance ?? '–' });
    case 'attempt-ended': {
      const exit = event.exitCode === undefined ? undefined : text('failure.exit', { exitCode: event.exitCode });
      const how = [exit, event.containerReason, event.reason].filter((words) => words !== undefined).join(', ');
      return say({ attempt: event.attempt, how });
    }
    case 'stop-asked':
      return say({ how: event.operation ?? text('job.event.by-service'), reason: event.reason });
    case 'ended':
      return say({ status: event.status, reason: event.reason ?? '' });
  }
}

/** A part of a job's life: it waited, or ran. */
export interface Span {
  readonly kind: 'waits' | 'runs';
  readonly from: number;
  readonly to: number;
}

/** The life of a job from its events, until `now` where it goes on: what is between attempts is waiting. */
export function spansOf(events: readonly TimelineEvent[], now: number): readonly Span[] {
  const [first] = events;
  if (!first) return [];
  const spans: Span[] = [];
  let since = first.at;
  let kind: Span['kind'] = 'waits';
  const turn = (to: Span['kind'], at: number) => {
    if (at > since) spans.push({ kind, from: since, to: at });
    since = at;
    kind = to;
  };
  for (const { what, at } of events) {
    if (what === 'attempt-started') turn('runs', at);
    if (what === 'attempt-ended') turn('waits', at);
    if (what === 'ended') {
      turn('waits', at);
      return spans;
    }
  }
  turn(kind, now);
  return spans;
}
