import type { MapRunListItem } from '@aws-sdk/client-sfn';
import Box from '@cloudscape-design/components/box';
import Table from '@cloudscape-design/components/table';
import { momentOfSeconds } from '../../data/seconds.ts';
import { mapRunPath } from '../../data/states/arns.ts';
import { useMapRuns } from '../../data/states/executions.ts';
import type { Wire } from '../../data/use-call.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { Time } from '../../views/time.tsx';

/** The runs of distributed Map states: each has executions of its own. */
export function MapRunTable({ executionArn }: { readonly executionArn: string }) {
  const text = useText();
  const { data, error, isPending } = useMapRuns(executionArn);
  if (error) return <Failure error={error} />;
  return (
    <Table<Wire<MapRunListItem>>
      loading={isPending}
      loadingText={text('table.loading')}
      items={data?.mapRuns ?? []}
      trackBy="mapRunArn"
      columnDefinitions={[
        {
          id: 'run',
          header: text('map-run.title'),
          isRowHeader: true,
          cell: ({ mapRunArn = '' }) => (
            <PathLink to={mapRunPath(mapRunArn)}>{mapRunArn.split(':').slice(-2).join(':')}</PathLink>
          ),
        },
        {
          id: 'started',
          header: text('executions.started'),
          cell: ({ startDate }) => <Time at={momentOfSeconds(startDate)} />,
        },
        { id: 'stopped', header: text('job.stopped'), cell: ({ stopDate }) => <Time at={momentOfSeconds(stopDate)} /> },
      ]}
      empty={<Box textAlign="center">{text('map-runs.none')}</Box>}
    />
  );
}
