import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from 'react-router';
import { momentOfSeconds } from '../../data/seconds.ts';
import { secretsCall, useSecret } from '../../data/secrets.ts';
import { useText } from '../../messages/text-context.tsx';
import type { Act } from '../../views/acts/act.ts';
import { ActBar } from '../../views/acts/act-bar.tsx';
import { RevealedValue } from '../../views/acts/revealed-value.tsx';
import { TagTable } from '../../views/acts/tag-table.tsx';
import { Failure } from '../../views/failure.tsx';
import { Time } from '../../views/time.tsx';
import { secretValue } from './secret-value.ts';
import { SecretVersions } from './secret-versions.tsx';

export function Page() {
  const text = useText();
  const { name: SecretId = '' } = useParams();
  const { data, error } = useSecret(SecretId);
  if (error) return <Failure error={error} />;
  const { ARN, DeletedDate, Tags } = data ?? {};
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={ARN} actions={<ActBar acts={actsOn(SecretId, DeletedDate !== undefined)} />}>
        {SecretId}
      </Header>
      {DeletedDate !== undefined && (
        <Alert type="warning">
          {text('secrets.goes')} <Time at={momentOfSeconds(DeletedDate)} />
        </Alert>
      )}
      <Container header={<Header variant="h2">{text('secrets.value')}</Header>}>
        <RevealedValue call={secretsCall('GetSecretValue', { SecretId })} pick={secretValue} />
      </Container>
      <SecretVersions secret={SecretId} />
      <TagTable
        tags={Tags}
        tag={(Key, Value) => secretsCall('TagResource', { SecretId, Tags: [{ Key, Value }] })}
        untag={(key) => secretsCall('UntagResource', { SecretId, TagKeys: [key] })}
      />
    </SpaceBetween>
  );
}

/** One that is to be deleted can come back, and nothing else. */
function actsOn(SecretId: string, isDeleted: boolean): readonly Act[] {
  if (isDeleted) return [{ title: 'secrets.restore', call: () => secretsCall('RestoreSecret', { SecretId }) }];
  return [
    {
      title: 'secrets.put',
      fields: [{ name: 'SecretString', label: 'secrets.value', kind: 'secret' }],
      call: ({ SecretString }) => secretsCall('PutSecretValue', { SecretId, SecretString }),
    },
    {
      title: 'secrets.rotate',
      warning: 'secrets.rotate.how',
      call: () => secretsCall('RotateSecret', { SecretId }),
    },
    {
      title: 'secrets.delete',
      fields: [{ name: 'days', label: 'secrets.window', help: 'secrets.window.help', initial: '30' }],
      call: ({ days }) => secretsCall('DeleteSecret', { SecretId, RecoveryWindowInDays: Number(days) }),
    },
  ];
}
