import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { usePolicy, usePolicyVersion, usePolicyVersions } from '../../data/iam.ts';
import { iamCall } from '../../data/iam-call.ts';
import { useText } from '../../messages/text-context.tsx';
import type { Act } from '../../views/acts/act.ts';
import { ActBar } from '../../views/acts/act-bar.tsx';
import { Failure } from '../../views/failure.tsx';
import { PolicyDocument } from '../../views/iam/policy-document.tsx';
import { policyText } from '../../views/iam/policy-text.ts';

/** A managed policy: one version of it, which the address names. */
export function Page() {
  const text = useText();
  const { owner = '', '*': path = '' } = useParams();
  const PolicyArn = `arn:aws:iam::${owner}:policy/${path}`;
  const { data, error } = usePolicy(PolicyArn);
  const [search, setSearch] = useSearchParams();
  const usual = data?.Policy?.DefaultVersionId;
  const version = search.get('version') ?? usual;
  const shown = usePolicyVersion(PolicyArn, version);
  const versions = usePolicyVersions(PolicyArn).data?.Versions ?? [];
  const document = policyText(shown.data?.PolicyVersion?.Document);
  const acts = useActs({ PolicyArn, version, usual, document });
  if (error) return <Failure error={error} />;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={PolicyArn} actions={owner !== 'aws' && shown.data && <ActBar acts={acts} />}>
        {path.slice(path.lastIndexOf('/') + 1)}
      </Header>
      <FormField label={text('iam.version')}>
        <Select
          selectedOption={{ value: version ?? '', label: version ?? '' }}
          options={versions.map(({ VersionId = '' }) => ({
            value: VersionId,
            ...(VersionId === usual && { description: text('iam.in-force') }),
          }))}
          onChange={({ detail }) =>
            setSearch((before) => {
              before.set('version', detail.selectedOption.value ?? '');
              return before;
            })
          }
        />
      </FormField>
      <Container>{shown.error ? <Failure error={shown.error} /> : <PolicyDocument text={document} />}</Container>
    </SpaceBetween>
  );
}

interface ShownVersion {
  readonly PolicyArn: string;
  readonly version: string | undefined;
  readonly usual: string | undefined;
  readonly document: string;
}

/** What can be done to it: a version is never changed, another one is put in force. */
function useActs({ PolicyArn, version, usual, document }: ShownVersion): readonly Act[] {
  const navigate = useNavigate();
  const edit: Act = {
    title: 'iam.new-version',
    fields: [{ name: 'PolicyDocument', label: 'iam.document', kind: 'json', initial: document }],
    call: ({ PolicyDocument: text }) =>
      iamCall('CreatePolicyVersion', { PolicyArn, PolicyDocument: text, SetAsDefault: true }),
  };
  const VersionId = version;
  const others: readonly Act[] = [
    { title: 'iam.put-in-force', call: () => iamCall('SetDefaultPolicyVersion', { PolicyArn, VersionId }) },
    { title: 'iam.delete-version', call: () => iamCall('DeletePolicyVersion', { PolicyArn, VersionId }) },
  ];
  const remove: Act = {
    title: 'iam.delete-policy',
    call: () => iamCall('DeletePolicy', { PolicyArn }),
    done: () => void navigate('/iam?tab=policies'),
  };
  return [edit, ...(version === usual ? [] : others), remove];
}
