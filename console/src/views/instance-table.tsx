import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { type ShownInstance, useInstances } from '../data/environments.ts';
import { useText } from '../messages/text-context.tsx';
import { DrainInstance } from './drain-instance.tsx';
import { Failure } from './failure.tsx';
import { PathLink } from './path-link.tsx';
import { Time } from './time.tsx';

const mebibytesOfGibibyte = 1024;

/** What the environments have launched, and what was registered with them; of one alone where it is named. */
export function InstanceTable({ environment }: { readonly environment?: string }) {
  const text = useText();
  const { data, error, isPending } = useInstances();
  if (error) return <Failure error={error} />;
  const isShown = ({ computeEnvironment }: ShownInstance) => [undefined, computeEnvironment].includes(environment);
  return (
    <Table<ShownInstance>
      header={<Header variant="h2">{text('instances.title')}</Header>}
      loading={isPending}
      loadingText={text('table.loading')}
      items={(data?.instances ?? []).filter(isShown)}
      trackBy="instanceId"
      columnDefinitions={[
        {
          id: 'id',
          header: text('instances.id'),
          isRowHeader: true,
          cell: ({ instanceId }) => (
            <PathLink to={`/instances/${encodeURIComponent(instanceId)}`}>{instanceId}</PathLink>
          ),
        },
        {
          id: 'environment',
          header: text('instances.environment'),
          cell: (it) => (
            <PathLink to={`/environments/${encodeURIComponent(it.computeEnvironment)}`}>
              {it.computeEnvironment}
            </PathLink>
          ),
        },
        { id: 'type', header: text('instances.type'), cell: ({ type, zone }) => `${type} · ${zone}` },
        { id: 'state', header: text('instances.state'), cell: ({ state }) => state },
        {
          id: 'vcpus',
          header: text('instances.vcpus'),
          cell: ({ registered, free }) => `${registered.vcpus - free.vcpus} / ${registered.vcpus}`,
        },
        {
          id: 'memory',
          header: text('instances.memory'),
          cell: ({ registered, free }) =>
            [registered.memoryMiB - free.memoryMiB, registered.memoryMiB]
              .map((size) => (size / mebibytesOfGibibyte).toFixed(1))
              .join(' / '),
        },
        { id: 'jobs', header: text('instances.jobs'), cell: ({ jobs }) => jobs },
        { id: 'since', header: text('instances.since'), cell: ({ launchedAt }) => <Time at={launchedAt} /> },
        { id: 'why', header: text('instances.why'), cell: ({ launchReason }) => launchReason },
        { id: 'acts', header: text('instances.acts'), cell: (instance) => <DrainInstance instance={instance} /> },
      ]}
      empty={<Box textAlign="center">{text('instances.none')}</Box>}
    />
  );
}
