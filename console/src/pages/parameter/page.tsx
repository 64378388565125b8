import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate, useParams } from 'react-router';
import { ssmCall, useParameterHistory } from '../../data/parameters.ts';
import { momentOfSeconds } from '../../data/seconds.ts';
import type { Act } from '../../views/acts/act.ts';
import { ActBar } from '../../views/acts/act-bar.tsx';
import { RevealedValue } from '../../views/acts/revealed-value.tsx';
import { Failure } from '../../views/failure.tsx';
import { ItemTable } from '../../views/item-table.tsx';
import { Time } from '../../views/time.tsx';

/** A parameter and what it was before. */
export function Page() {
  const { name: Name = '' } = useParams();
  const navigate = useNavigate();
  const { data, error, isPending } = useParameterHistory(Name);
  if (error) return <Failure error={error} />;
  const versions = [...(data?.Parameters ?? [])].reverse();
  const [newest] = versions;
  const edit: Act = {
    title: 'parameters.edit',
    fields: [
      {
        name: 'Value',
        label: 'secrets.value',
        kind: newest?.Type === 'SecureString' ? 'secret' : 'long',
        initial: newest?.Type === 'SecureString' ? '' : (newest?.Value ?? ''),
      },
    ],
    call: ({ Value }) => ssmCall('PutParameter', { Name, Value, Overwrite: true }),
  };
  const remove: Act = {
    title: 'parameters.delete',
    call: () => ssmCall('DeleteParameter', { Name }),
    done: () => void navigate('/parameters'),
  };
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={newest?.Type} actions={<ActBar acts={[edit, remove]} />}>
        {Name}
      </Header>
      <ItemTable
        title="parameters.history"
        items={versions}
        error={null}
        isPending={isPending}
        empty="parameters.none"
        columns={[
          { id: 'version', header: 'iam.version', cell: ({ Version }) => Version },
          { id: 'value', header: 'secrets.value', cell: (it) => <Value name={Name} {...it} /> },
          {
            id: 'changed',
            header: 'secrets.changed',
            cell: ({ LastModifiedDate }) => <Time at={momentOfSeconds(LastModifiedDate)} />,
          },
          { id: 'by', header: 'parameters.by', cell: ({ LastModifiedUser }) => LastModifiedUser ?? '–' },
        ]}
      />
    </SpaceBetween>
  );
}

interface ValueProps {
  readonly name: string;
  readonly Type?: string | undefined;
  readonly Value?: string | undefined;
  readonly Version?: number | undefined;
}

/** What is sealed is opened when somebody asks. */
function Value({ name, Type, Value: value, Version }: ValueProps) {
  if (Type !== 'SecureString') return <>{value}</>;
  const call = ssmCall('GetParameter', { Name: `${name}:${Version}`, WithDecryption: true });
  return <RevealedValue call={call} pick={parameterValue} />;
}

function parameterValue(answer: unknown): string | undefined {
  return (answer as { readonly Parameter?: { readonly Value?: string } }).Parameter?.Value;
}
