import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { momentOf } from '../../data/form-shape.ts';
import { useAccessKeys } from '../../data/iam.ts';
import { iamCall } from '../../data/iam-call.ts';
import type { Act } from '../../views/acts/act.ts';
import { ActBar } from '../../views/acts/act-bar.tsx';
import { ItemTable } from '../../views/item-table.tsx';
import { Time } from '../../views/time.tsx';
import { type MadeKey, NewKey } from './new-key.tsx';

/** Access keys of a user. The secret of a new one is told once, to who made it. */
export function KeyTable({ user: UserName }: { readonly user: string }) {
  const { data, error, isPending } = useAccessKeys(UserName);
  const [made, setMade] = useState<MadeKey>();
  const create: Act = {
    title: 'keys.create',
    warning: 'keys.create.rotate',
    call: () => iamCall('CreateAccessKey', { UserName }),
    done: (answer) => setMade((answer as { readonly AccessKey: MadeKey }).AccessKey),
  };
  return (
    <SpaceBetween size="s">
      {made && <NewKey made={made} onClose={() => setMade(undefined)} />}
      <ItemTable
        title="keys.access"
        actions={<ActBar acts={[create]} />}
        items={data?.AccessKeyMetadata}
        error={error}
        isPending={isPending}
        empty="keys.none"
        teaches={create.call({})}
        columns={[
          { id: 'id', header: 'sign-in.access-key-id', cell: ({ AccessKeyId }) => AccessKeyId },
          { id: 'status', header: 'iam.status', cell: ({ Status }) => Status },
          { id: 'created', header: 'iam.created', cell: ({ CreateDate }) => <Time at={momentOf(CreateDate)} /> },
          {
            id: 'acts',
            header: 'iam.acts',
            cell: ({ AccessKeyId = '', Status }) => (
              <ActBar inline of={AccessKeyId} acts={actsOf(UserName, AccessKeyId, Status === 'Active')} />
            ),
          },
        ]}
      />
    </SpaceBetween>
  );
}

/** Switched off first: what still uses it shows, and it can be switched on again. */
function actsOf(UserName: string, AccessKeyId: string, isActive: boolean): readonly Act[] {
  const update = (Status: 'Active' | 'Inactive') => iamCall('UpdateAccessKey', { UserName, AccessKeyId, Status });
  const change: Act = isActive
    ? { title: 'keys.disable', call: () => update('Inactive') }
    : { title: 'keys.enable', call: () => update('Active') };
  const remove: Act = {
    title: 'keys.delete',
    ...(isActive && { warning: 'keys.delete.active' }),
    call: () => iamCall('DeleteAccessKey', { UserName, AccessKeyId }),
  };
  return [change, remove];
}
