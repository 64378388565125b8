import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { type IamKind, useInlinePolicy } from '../../data/iam.ts';
import { iamCall } from '../../data/iam-call.ts';
import type { Act } from '../acts/act.ts';
import { ActBar } from '../acts/act-bar.tsx';
import { Failure } from '../failure.tsx';
import { PolicyDocument } from './policy-document.tsx';
import { policyText } from './policy-text.ts';

interface InlinePolicyProps {
  readonly kind: IamKind;
  readonly name: string;
  readonly policy: string;
}

/** A policy of its own, read when it is opened. */
export function InlinePolicy({ kind, name, policy }: InlinePolicyProps) {
  const [open, setOpen] = useState(false);
  const { data, error } = useInlinePolicy(kind, name, open ? policy : undefined);
  const document = policyText(data?.PolicyDocument);
  const which = { [`${kind}Name`]: name, PolicyName: policy };
  const edit: Act = {
    title: 'iam.edit',
    fields: [{ name: 'PolicyDocument', label: 'iam.document', kind: 'json', initial: document }],
    call: ({ PolicyDocument: text }) => iamCall(`Put${kind}Policy`, { ...which, PolicyDocument: text }),
  };
  const remove: Act = { title: 'iam.delete', call: () => iamCall(`Delete${kind}Policy`, which) };
  return (
    <ExpandableSection headerText={policy} expanded={open} onChange={({ detail }) => setOpen(detail.expanded)}>
      {error && <Failure error={error} />}
      {data && (
        <SpaceBetween size="s">
          <PolicyDocument text={document} />
          <ActBar acts={[edit, remove]} of={policy} />
        </SpaceBetween>
      )}
    </ExpandableSection>
  );
}
