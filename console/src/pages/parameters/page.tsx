import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate, useSearchParams } from 'react-router';
import { ssmCall, useParameters } from '../../data/parameters.ts';
import { momentOfSeconds } from '../../data/seconds.ts';
import { useText } from '../../messages/text-context.tsx';
import type { Act } from '../../views/acts/act.ts';
import { ActBar } from '../../views/acts/act-bar.tsx';
import { ItemTable } from '../../views/item-table.tsx';
import { PageSteps, usePages } from '../../views/page-steps.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { Time } from '../../views/time.tsx';

/** Parameters below a path, which the address holds. */
export function Page() {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const path = search.get('path') ?? '';
  const pages = usePages();
  const { data, error, isPending } = useParameters(path, pages.token);
  const create = useCreate(path);
  const narrow = (value: string) =>
    setSearch(
      (before) => {
        value === '' ? before.delete('path') : before.set('path', value);
        return before;
      },
      { replace: true },
    );
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={<ActBar acts={[create]} />}>
        {text('parameters.title')}
      </Header>
      <Input
        type="search"
        value={path}
        placeholder="/app/"
        ariaLabel={text('parameters.path')}
        onChange={({ detail }) => narrow(detail.value)}
      />
      <ItemTable
        items={data?.Parameters}
        error={error}
        isPending={isPending}
        empty="parameters.none"
        teaches={create.call({ Name: '/app/db', Value: 'localhost', Type: 'String' })}
        columns={[
          {
            id: 'name',
            header: 'iam.name',
            cell: ({ Name = '' }) => <PathLink to={`/parameters/${encodeURIComponent(Name)}`}>{Name}</PathLink>,
          },
          { id: 'type', header: 'parameters.type', cell: ({ Type }) => Type },
          { id: 'version', header: 'iam.version', cell: ({ Version }) => Version },
          {
            id: 'changed',
            header: 'secrets.changed',
            cell: ({ LastModifiedDate }) => <Time at={momentOfSeconds(LastModifiedDate)} />,
          },
        ]}
      />
      <PageSteps pages={pages} nextToken={data?.NextToken} />
    </SpaceBetween>
  );
}

function useCreate(path: string): Act {
  const navigate = useNavigate();
  return {
    title: 'parameters.create',
    fields: [
      { name: 'Name', label: 'iam.name', initial: path },
      { name: 'Type', label: 'parameters.type', kind: 'choice', choices: parameterTypes, initial: 'String' },
      { name: 'Value', label: 'secrets.value', help: 'parameters.value.help', kind: 'secret' },
    ],
    call: ({ Name, Type, Value }) => ssmCall('PutParameter', { Name, Type, Value }),
    done: (_answer, { Name = '' }) => void navigate(`/parameters/${encodeURIComponent(Name)}`),
  };
}

const parameterTypes = ['String', 'StringList', 'SecureString'];
