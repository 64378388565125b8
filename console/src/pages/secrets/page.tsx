import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useNavigate } from 'react-router';
import { momentOfSeconds } from '../../data/seconds.ts';
import { secretsCall, useSecrets } from '../../data/secrets.ts';
import { useText } from '../../messages/text-context.tsx';
import type { Act } from '../../views/acts/act.ts';
import { ActBar } from '../../views/acts/act-bar.tsx';
import { ItemTable } from '../../views/item-table.tsx';
import { PageSteps, usePages } from '../../views/page-steps.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { Time } from '../../views/time.tsx';

export function Page() {
  const text = useText();
  const pages = usePages();
  const navigate = useNavigate();
  const { data, error, isPending } = useSecrets(pages.token);
  const create: Act = {
    title: 'secrets.create',
    fields: [
      { name: 'Name', label: 'iam.name' },
      { name: 'SecretString', label: 'secrets.value', kind: 'secret' },
      { name: 'Description', label: 'iam.description', optional: true },
    ],
    call: ({ Name, SecretString, Description }) =>
      secretsCall('CreateSecret', { Name, SecretString, ...(Description && { Description }) }),
    done: (_answer, { Name = '' }) => void navigate(`/secrets/${encodeURIComponent(Name)}`),
  };
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={<ActBar acts={[create]} />}>
        {text('secrets.title')}
      </Header>
      <ItemTable
        items={data?.SecretList}
        error={error}
        isPending={isPending}
        empty="secrets.none"
        teaches={create.call({ Name: 'db', SecretString: '****' })}
        columns={[
          {
            id: 'name',
            header: 'iam.name',
            cell: ({ Name = '' }) => <PathLink to={`/secrets/${encodeURIComponent(Name)}`}>{Name}</PathLink>,
          },
          { id: 'description', header: 'iam.description', cell: ({ Description }) => Description ?? '–' },
          {
            id: 'changed',
            header: 'secrets.changed',
            cell: ({ LastChangedDate }) => <Time at={momentOfSeconds(LastChangedDate)} />,
          },
          {
            id: 'state',
            header: 'iam.status',
            cell: ({ DeletedDate }) =>
              DeletedDate === undefined ? (
                '–'
              ) : (
                <StatusIndicator type="warning">{text('secrets.deleted')}</StatusIndicator>
              ),
          },
        ]}
      />
      <PageSteps pages={pages} nextToken={data?.NextToken} />
    </SpaceBetween>
  );
}
