import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import type { ShownQueue } from '../../data/queues.ts';
import { useText } from '../../messages/text-context.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { ResourceStatus } from '../../views/resource-status.tsx';

export function QueueFacts({ queue }: { readonly queue: ShownQueue }) {
  const text = useText();
  const { status, state, statusReason, priority, computeEnvironments, jobs, heldVcpus, blocked } = queue;
  const facts = [
    { label: text('queues.status'), value: <ResourceStatus status={status} state={state} /> },
    { label: text('queue.status-reason'), value: statusReason || '–' },
    { label: text('queues.priority'), value: priority },
    { label: text('queues.environments'), value: computeEnvironments.map(({ name }) => name).join(', ') || '–' },
    { label: text('queues.waiting'), value: jobs.PENDING + jobs.RUNNABLE },
    { label: text('queues.running'), value: jobs.STARTING + jobs.RUNNING },
    { label: text('dashboard.vcpus'), value: heldVcpus },
    {
      label: text('queue.head'),
      value: blocked ? <PathLink to={`/jobs/${blocked.jobId}`}>{blocked.reason}</PathLink> : '–',
    },
  ];
  return (
    <Container header={<Header variant="h2">{text('job.facts')}</Header>}>
      <KeyValuePairs columns={4} items={facts} />
    </Container>
  );
}
