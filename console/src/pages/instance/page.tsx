import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from 'react-router';
import { useInstance } from '../../data/environments.ts';
import { useText } from '../../messages/text-context.tsx';
import { DrainInstance } from '../../views/drain-instance.tsx';
import { Failure } from '../../views/failure.tsx';
import { JsonText } from '../../views/json-text.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { Time } from '../../views/time.tsx';

/** One instance: what it is, why it was launched, and what with. */
export function Page() {
  const text = useText();
  const { id = '' } = useParams();
  const { data, error } = useInstance(id);
  if (error) return <Failure error={error} />;
  if (!data) return null;
  const { instanceId, computeEnvironment, type, zone, state, jobs, registered, free, launchedAt, launchReason } = data;
  const facts = [
    {
      label: text('instances.environment'),
      value: <PathLink to={`/environments/${encodeURIComponent(computeEnvironment)}`}>{computeEnvironment}</PathLink>,
    },
    { label: text('instances.type'), value: `${type} · ${zone}` },
    { label: text('instances.state'), value: state },
    { label: text('instances.jobs'), value: jobs },
    { label: text('instances.vcpus'), value: `${registered.vcpus - free.vcpus} / ${registered.vcpus}` },
    { label: text('instances.since'), value: <Time at={launchedAt} /> },
    { label: text('instances.why'), value: launchReason },
  ];
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={<DrainInstance instance={data} />}>
        {instanceId}
      </Header>
      <Container header={<Header variant="h2">{text('job.facts')}</Header>}>
        <KeyValuePairs columns={4} items={facts} />
      </Container>
      <Container header={<Header variant="h2">JSON</Header>}>
        <JsonText value={data} />
      </Container>
    </SpaceBetween>
  );
}
