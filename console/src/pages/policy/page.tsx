import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { type SchedulingPolicy, usePolicy } from '../../data/policies.ts';
import { ResourceTags } from '../../forms/resource-tags.tsx';
import { useText } from '../../messages/text-context.tsx';
import { ConfirmAct } from '../../views/confirm-act.tsx';
import { Failure } from '../../views/failure.tsx';
import { PageTabs } from '../../views/page-tabs.tsx';

/** One scheduling policy: how long use counts, what is kept free, and what each share weighs. */
export function Page() {
  const text = useText();
  const { name = '' } = useParams();
  const { policy, error, isPending } = usePolicy(name);
  if (error) return <Failure error={error} />;
  if (isPending) return null;
  if (!policy) return <Box variant="h1">{text('policy.not-found', { name })}</Box>;
  const { fairsharePolicy, arn = '', tags } = policy;
  const facts = [
    { label: text('field.share-decay'), value: fairsharePolicy?.shareDecaySeconds ?? 0 },
    { label: text('field.reservation'), value: fairsharePolicy?.computeReservation ?? 0 },
    { label: 'ARN', value: arn },
  ];
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={<PolicyActs policy={policy} />}>
        {name}
      </Header>
      <Container header={<Header variant="h2">{text('job.facts')}</Header>}>
        <KeyValuePairs columns={3} items={facts} />
      </Container>
      <PageTabs
        tabs={[
          { id: 'shares', label: text('field.shares'), content: <Shares policy={policy} /> },
          { id: 'tags', label: text('tags.title'), content: <ResourceTags arn={arn} tags={tags} /> },
        ]}
      />
    </SpaceBetween>
  );
}

function Shares({ policy }: { readonly policy: SchedulingPolicy }) {
  const text = useText();
  return (
    <Table
      items={policy.fairsharePolicy?.shareDistribution ?? []}
      trackBy="shareIdentifier"
      columnDefinitions={[
        { id: 'share', header: text('field.share'), isRowHeader: true, cell: (it) => it.shareIdentifier },
        { id: 'weight', header: text('field.weight'), cell: ({ weightFactor }) => weightFactor ?? 1 },
      ]}
      empty={<Box textAlign="center">{text('policy.no-shares')}</Box>}
    />
  );
}

function PolicyActs({ policy }: { readonly policy: SchedulingPolicy }) {
  const text = useText();
  const navigate = useNavigate();
  const [asks, setAsks] = useState(false);
  const { name = '', arn } = policy;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button onClick={() => void navigate(`/policies/${encodeURIComponent(name)}/edit`)}>{text('form.edit')}</Button>
      <Button onClick={() => setAsks(true)}>{text('act.delete')}</Button>
      {asks && (
        <ConfirmAct
          title={text('act.delete')}
          words={text('act.delete.words', { name })}
          calls={[{ service: 'batch', operation: 'DeleteSchedulingPolicy', input: { arn } }]}
          onClose={() => setAsks(false)}
          onDone={() => void navigate('/policies')}
        />
      )}
    </SpaceBetween>
  );
}
