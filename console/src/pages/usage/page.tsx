import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useSearchParams } from 'react-router';
import { type UsageKind, useUsage } from '../../data/usage.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { UsageTable } from './usage-table.tsx';

const day = 86_400_000;
const spans = { day, week: 7 * day, month: 30 * day, all: Number.POSITIVE_INFINITY } as const;
const kinds: readonly UsageKind[] = ['queue', 'share', 'user', 'definition'];

/** What was used, by whom, and how much of it was asked for in vain. */
export function Page() {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const by = kinds.find((each) => each === search.get('by')) ?? 'queue';
  const since = Object.keys(spans).find((each) => each === search.get('since')) ?? 'week';
  const { data, error, isPending } = useUsage(by, spans[since as keyof typeof spans]);
  const set = (change: Readonly<Record<string, string>>) => setSearch({ by, since, ...change });
  const sinceOptions = Object.keys(spans).map((value) => ({ value, label: text(`usage.since.${value}`) }));
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={text('usage.about')}>
        {text('usage.title')}
      </Header>
      <SpaceBetween size="l" direction="horizontal" alignItems="end">
        <SegmentedControl
          label={text('usage.by')}
          selectedId={by}
          options={kinds.map((id) => ({ id, text: text(`usage.by.${id}`) }))}
          onChange={({ detail }) => set({ by: detail.selectedId })}
        />
        <FormField label={text('usage.since')}>
          <Select
            selectedOption={sinceOptions.find(({ value }) => value === since) ?? null}
            options={sinceOptions}
            onChange={({ detail }) => set({ since: detail.selectedOption.value ?? since })}
          />
        </FormField>
      </SpaceBetween>
      {error ? <Failure error={error} /> : <UsageTable by={by} groups={data?.groups ?? []} loading={isPending} />}
    </SpaceBetween>
  );
}
