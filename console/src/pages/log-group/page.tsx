import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from 'react-router';
import { useText } from '../../messages/text-context.tsx';
import { AddressTabs } from '../../views/address-tabs.tsx';
import { GroupFilters } from './group-filters.tsx';
import { Insights } from './insights.tsx';
import { LiveTail } from './live-tail.tsx';
import { LogSearch } from './log-search.tsx';
import { StreamTable } from './stream-table.tsx';

/** A log group. The address bar holds the tab, and what each tab looks for. */
export function Page() {
  const text = useText();
  const { group = '' } = useParams();
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={text('log-group.title')}>
        {group}
      </Header>
      <AddressTabs
        label={group}
        tabs={[
          { id: 'events', label: text('log-group.events'), content: <LogSearch group={group} /> },
          { id: 'streams', label: text('log-group.streams'), content: <StreamTable group={group} /> },
          { id: 'live', label: text('log-group.live'), content: <LiveTail group={group} /> },
          { id: 'insights', label: text('log-group.insights'), content: <Insights group={group} /> },
          { id: 'filters', label: text('log-group.filters'), content: <GroupFilters group={group} /> },
        ]}
      />
    </SpaceBetween>
  );
}
