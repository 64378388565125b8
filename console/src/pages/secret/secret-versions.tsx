import { momentOfSeconds } from '../../data/seconds.ts';
import { secretsCall, useSecretVersions } from '../../data/secrets.ts';
import { RevealedValue } from '../../views/acts/revealed-value.tsx';
import { ItemTable } from '../../views/item-table.tsx';
import { Time } from '../../views/time.tsx';
import { secretValue } from './secret-value.ts';

export function SecretVersions({ secret: SecretId }: { readonly secret: string }) {
  const { data, error, isPending } = useSecretVersions(SecretId);
  return (
    <ItemTable
      title="secrets.versions"
      items={data?.Versions}
      error={error}
      isPending={isPending}
      empty="secrets.no-versions"
      columns={[
        { id: 'id', header: 'iam.version', cell: ({ VersionId }) => VersionId },
        { id: 'stages', header: 'secrets.stages', cell: ({ VersionStages = [] }) => VersionStages.join(', ') || '–' },
        { id: 'created', header: 'iam.created', cell: ({ CreatedDate }) => <Time at={momentOfSeconds(CreatedDate)} /> },
        {
          id: 'value',
          header: 'secrets.value',
          cell: ({ VersionId }) => (
            <RevealedValue call={secretsCall('GetSecretValue', { SecretId, VersionId })} pick={secretValue} />
          ),
        },
      ]}
    />
  );
}
