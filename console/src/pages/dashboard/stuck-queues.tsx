import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { OverviewQueue } from '../../data/overview.ts';
import { useText } from '../../messages/text-context.tsx';
import { durationText } from '../../views/duration.ts';
import { useNow } from '../../views/now.ts';
import { PathLink } from '../../views/path-link.tsx';

/** Queues whose first job waits, each with the reason and since when. */
export function StuckQueues({ queues }: { readonly queues: readonly OverviewQueue[] }) {
  const text = useText();
  const now = useNow();
  return (
    <Container header={<Header variant="h2">{text('dashboard.stuck')}</Header>}>
      <SpaceBetween size="s">
        {queues.map(({ arn, name, blocked }) => {
          if (!blocked) return null;
          const { jobId, since, reason } = blocked;
          return (
            <div key={arn}>
              <strong>{name}</strong> {text('dashboard.stuck.head', { waited: durationText(now - since), reason })}{' '}
              <PathLink to={`/jobs/${encodeURIComponent(jobId)}`}>{text('dashboard.why')}</PathLink>
            </div>
          );
        })}
      </SpaceBetween>
    </Container>
  );
}
