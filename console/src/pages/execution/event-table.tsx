import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useSearchParams } from 'react-router';
import { momentOfSeconds } from '../../data/seconds.ts';
import { useEvents } from '../../data/states/executions.ts';
import { detailsOf, type HistoryEvent } from '../../data/states/history-event.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { JsonText } from '../../views/json-text.tsx';
import { PageSteps, usePages } from '../../views/page-steps.tsx';
import { Time } from '../../views/time.tsx';

/** The history as the service has it, from either end: the address says from which. */
export function EventTable({ executionArn }: { readonly executionArn: string }) {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const order = search.get('order') === 'newest' ? 'newest' : 'oldest';
  return (
    <SpaceBetween size="s">
      <SegmentedControl
        label={text('events.order')}
        selectedId={order}
        options={[
          { id: 'oldest', text: text('events.oldest') },
          { id: 'newest', text: text('events.newest') },
        ]}
        onChange={({ detail }) => {
          setSearch((now) => new URLSearchParams({ ...Object.fromEntries(now), order: detail.selectedId }));
        }}
      />
      <Events key={order} executionArn={executionArn} isNewestFirst={order === 'newest'} />
    </SpaceBetween>
  );
}

function Events({ executionArn, isNewestFirst }: { readonly executionArn: string; readonly isNewestFirst: boolean }) {
  const text = useText();
  const pages = usePages();
  const { data, error, isPending } = useEvents(executionArn, isNewestFirst, pages.token);
  if (error) return <Failure error={error} />;
  return (
    <SpaceBetween size="s">
      <Table<HistoryEvent>
        loading={isPending}
        loadingText={text('table.loading')}
        items={data?.events ?? []}
        trackBy={({ id }) => String(id)}
        columnDefinitions={[
          { id: 'id', header: '#', isRowHeader: true, cell: ({ id }) => id },
          { id: 'type', header: text('events.type'), cell: ({ type }) => type },
          { id: 'state', header: text('visit.state'), cell: (event) => detailsOf(event).name ?? '–' },
          { id: 'at', header: text('events.at'), cell: ({ timestamp }) => <Time at={momentOfSeconds(timestamp)} /> },
          { id: 'details', header: text('events.details'), cell: (event) => <EventDetail event={event} /> },
        ]}
        empty={<Box textAlign="center">{text('visit.none')}</Box>}
      />
      <PageSteps pages={pages} nextToken={data?.nextToken} />
    </SpaceBetween>
  );
}

function EventDetail({ event }: { readonly event: HistoryEvent }) {
  const text = useText();
  const { id: _id, type: _type, timestamp: _at, previousEventId: _before, ...details } = event;
  if (Object.keys(details).length === 0) return '–';
  return (
    <ExpandableSection
      headerText={text('events.details')}
      headerAriaLabel={text('events.details-of', { id: event.id ?? 0 })}
    >
      <JsonText value={details} />
    </ExpandableSection>
  );
}
