import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from 'react-router';
import { type ComputeEnvironment, useEnvironment } from '../../data/environments.ts';
import { ResourceTags } from '../../forms/resource-tags.tsx';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { InstanceTable } from '../../views/instance-table.tsx';
import { JsonText } from '../../views/json-text.tsx';
import { PageTabs } from '../../views/page-tabs.tsx';
import { ResourceActs } from '../../views/resource-acts.tsx';
import { ResourceStatus } from '../../views/resource-status.tsx';

/** One environment: how it is and why, its instances, what it was made with. */
export function Page() {
  const text = useText();
  const { name = '' } = useParams();
  const { data, error } = useEnvironment(name);
  if (error) return <Failure error={error} />;
  if (!data) return null;
  const [environment] = data.computeEnvironments ?? [];
  if (!environment) return <Box variant="h1">{text('environment.not-found', { name })}</Box>;
  const { state, computeEnvironmentArn = '', tags } = environment;
  const acts = (
    <ResourceActs
      name={name}
      state={state}
      kind="ComputeEnvironment"
      member="computeEnvironment"
      list="/environments"
    />
  );
  const json = (
    <Container>
      <JsonText value={environment} />
    </Container>
  );
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={acts}>
        {name}
      </Header>
      <EnvironmentFacts environment={environment} />
      <PageTabs
        tabs={[
          { id: 'fleet', label: text('instances.title'), content: <InstanceTable environment={name} /> },
          { id: 'json', label: 'JSON', content: json },
          { id: 'tags', label: text('tags.title'), content: <ResourceTags arn={computeEnvironmentArn} tags={tags} /> },
        ]}
      />
    </SpaceBetween>
  );
}

function EnvironmentFacts({ environment }: { readonly environment: ComputeEnvironment }) {
  const text = useText();
  const { status, state, statusReason, type, computeResources: given } = environment;
  const facts = [
    { label: text('queues.status'), value: <ResourceStatus status={status} state={state} /> },
    { label: text('queue.status-reason'), value: statusReason || '–' },
    { label: text('environments.type'), value: [type, given?.type].filter(Boolean).join(' · ') },
    {
      label: text('environments.vcpus'),
      value: [given?.minvCpus, given?.desiredvCpus, given?.maxvCpus].map((count) => count ?? '–').join(' / '),
    },
    { label: text('field.instance-types'), value: given?.instanceTypes?.join(', ') || '–' },
    { label: text('field.allocation-strategy'), value: given?.allocationStrategy ?? '–' },
  ];
  return (
    <Container header={<Header variant="h2">{text('job.facts')}</Header>}>
      <KeyValuePairs columns={4} items={facts} />
    </Container>
  );
}
