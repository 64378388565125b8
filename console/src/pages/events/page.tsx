import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useText } from '../../messages/text-context.tsx';
import { AddressTabs } from '../../views/address-tabs.tsx';
import { ArchiveTable } from './archive-table.tsx';
import { BusTable } from './bus-table.tsx';
import { ConnectionTable } from './connection-table.tsx';
import { DestinationTable } from './destination-table.tsx';
import { ReplayTable } from './replay-table.tsx';
import { RuleTable } from './rule-table.tsx';

/** The address bar holds the tab, the `bus` whose rules are shown, and how their names begin (`q`). */
export function Page() {
  const text = useText();
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={text('events.purpose')}>
        {text('events.title')}
      </Header>
      <AddressTabs
        label={text('events.title')}
        tabs={[
          { id: 'rules', label: text('events.rules'), content: <RuleTable /> },
          { id: 'buses', label: text('events.buses'), content: <BusTable /> },
          { id: 'archives', label: text('events.archives'), content: <ArchiveTable /> },
          { id: 'replays', label: text('events.replays'), content: <ReplayTable /> },
          { id: 'destinations', label: text('events.destinations'), content: <DestinationTable /> },
          { id: 'connections', label: text('events.connections'), content: <ConnectionTable /> },
        ]}
      />
    </SpaceBetween>
  );
}
