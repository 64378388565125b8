import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useSearchParams } from 'react-router';
import { useText } from '../../messages/text-context.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { GroupTable } from './group-table.tsx';
import { PolicyTable } from './policy-table.tsx';
import { RoleTable } from './role-table.tsx';
import { UserTable } from './user-table.tsx';

/** Who there is, and what they may do; the address says which kind is shown. */
export function Page() {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const tabs = [
    { id: 'users', label: text('iam.users'), content: <UserTable /> },
    { id: 'groups', label: text('iam.groups'), content: <GroupTable /> },
    { id: 'roles', label: text('iam.roles'), content: <RoleTable /> },
    { id: 'policies', label: text('iam.policies'), content: <PolicyTable /> },
  ];
  const simulator = <PathLink to="/iam/simulator">{text('policy-simulator.title')}</PathLink>;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={simulator}>
        {text('iam.title')}
      </Header>
      <Tabs
        tabs={tabs}
        activeTabId={search.get('tab') ?? 'users'}
        onChange={({ detail }) =>
          setSearch((before) => {
            before.set('tab', detail.activeTabId);
            return before;
          })
        }
        ariaLabel={text('iam.title')}
      />
    </SpaceBetween>
  );
}
