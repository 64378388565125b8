import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useTimeline } from '../../data/job-story.ts';
import { useText } from '../../messages/text-context.tsx';
import { durationText } from '../../views/duration.ts';
import { Failure } from '../../views/failure.tsx';
import { nameOfArn } from '../../views/name-of-arn.ts';
import { useNow } from '../../views/now.ts';
import { Time } from '../../views/time.tsx';
import { SpanBar } from './span-bar.tsx';
import { spansOf, timelineWords } from './timeline-words.ts';

/** What happened to the job, and who asked for it: that it waited is as visible as that it ran. */
export function JobTimeline({ id }: { readonly id: string }) {
  const text = useText();
  const now = useNow(5_000);
  const { data, error } = useTimeline(id);
  if (error) return <Failure error={error} />;
  const events = data?.events ?? [];
  const spans = spansOf(events, Math.max(now, data?.asOf ?? now));
  const sum = (kind: 'waits' | 'runs') =>
    durationText(spans.reduce((all, span) => all + (span.kind === kind ? span.to - span.from : 0), 0));
  return (
    <Container header={<Header variant="h2">{text('job.tab.timeline')}</Header>}>
      <SpaceBetween size="s">
        <SpanBar spans={spans} label={text('job.spans', { waited: sum('waits'), ran: sum('runs') })} />
        <Box>{text('job.spans', { waited: sum('waits'), ran: sum('runs') })}</Box>
        <ol className="plain-list">
          {events.map((event) => {
            const by = 'by' in event ? event.by : undefined;
            return (
              <li key={`${event.at} ${JSON.stringify(event)}`}>
                <Time at={event.at} /> · {timelineWords(event, text)}
                {by && ` · ${text('job.event.by', { principal: nameOfArn(by.principal), requestId: by.requestId })}`}
              </li>
            );
          })}
        </ol>
      </SpaceBetween>
    </Container>
  );
}
