import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useSearchParams } from 'react-router';
import { usePolicies } from '../../data/iam.ts';
import { iamCall } from '../../data/iam-call.ts';
import { useText } from '../../messages/text-context.tsx';
import type { Act } from '../../views/acts/act.ts';
import { ActBar } from '../../views/acts/act-bar.tsx';
import { PolicyLink } from '../../views/iam/policy-link.tsx';
import { ItemTable } from '../../views/item-table.tsx';

const document = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['batch:SubmitJob', 'batch:DescribeJobs'], Resource: '*' }],
};

const create: Act = {
  title: 'iam.create-policy',
  fields: [
    { name: 'PolicyName', label: 'iam.name' },
    { name: 'PolicyDocument', label: 'iam.document', kind: 'json', initial: JSON.stringify(document, undefined, 2) },
  ],
  call: ({ PolicyName, PolicyDocument }) => iamCall('CreatePolicy', { PolicyName, PolicyDocument }),
};

/** The account's own policies, or AWS's; the address says which. */
export function PolicyTable() {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const scope = search.get('scope') === 'AWS' ? 'AWS' : 'Local';
  const { data, error, isPending } = usePolicies(scope);
  const change = (to: string) =>
    setSearch((before) => {
      before.set('scope', to);
      return before;
    });
  return (
    <SpaceBetween size="m">
      <SegmentedControl
        label={text('iam.whose')}
        selectedId={scope}
        options={[
          { id: 'Local', text: text('iam.local') },
          { id: 'AWS', text: text('iam.aws') },
        ]}
        onChange={({ detail }) => change(detail.selectedId)}
      />
      <ItemTable
        title="iam.policies"
        actions={<ActBar acts={[create]} />}
        items={data?.Policies}
        error={error}
        isPending={isPending}
        empty="iam.no-policies"
        teaches={create.call({ PolicyName: 'submit', PolicyDocument: JSON.stringify(document) })}
        columns={[
          { id: 'name', header: 'iam.name', cell: ({ Arn = '' }) => <PolicyLink arn={Arn} /> },
          { id: 'used', header: 'iam.attachments', cell: ({ AttachmentCount }) => AttachmentCount ?? '0' },
          { id: 'version', header: 'iam.version', cell: ({ DefaultVersionId }) => DefaultVersionId },
        ]}
      />
    </SpaceBetween>
  );
}
