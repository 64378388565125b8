import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useText } from '../../messages/text-context.tsx';
import { AddressTabs } from '../../views/address-tabs.tsx';
import { GroupTable } from './group-table.tsx';
import { ScheduleTable } from './schedule-table.tsx';

/** The address bar holds the tab, the `group` whose schedules are shown, and how their names begin (`q`). */
export function Page() {
  const text = useText();
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={text('schedules.purpose')}>
        {text('schedules.title')}
      </Header>
      <AddressTabs
        label={text('schedules.title')}
        tabs={[
          { id: 'schedules', label: text('schedules.title'), content: <ScheduleTable /> },
          { id: 'groups', label: text('schedules.groups'), content: <GroupTable /> },
        ]}
      />
    </SpaceBetween>
  );
}
