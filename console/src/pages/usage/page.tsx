import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useSearchParams } from 'react-router';
import { useUsage } from '../../data/usage.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { usageKinds, usageLabels } from './usage-kinds.ts';
import { UsageTable } from './usage-table.tsx';

const day = 86_400_000;
const spans = {
  day: { length: day, label: 'usage.since.day' },
  week: { length: 7 * day, label: 'usage.since.week' },
  month: { length: 30 * day, label: 'usage.since.month' },
  all: { length: Number.POSITIVE_INFINITY, label: 'usage.since.all' },
} as const;
type Span = keyof typeof spans;

/** What was used, by whom, and how much of it was asked for in vain. */
export function Page() {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const by = usageKinds.find((each) => each === search.get('by')) ?? 'queue';
  const since = (Object.keys(spans) as Span[]).find((each) => each === search.get('since')) ?? 'week';
  const { data, error, isPending } = useUsage(by, spans[since].length);
  const set = (change: Readonly<Record<string, string>>) => setSearch({ by, since, ...change });
  const sinceOptions = Object.entries(spans).map(([value, { label }]) => ({ value, label: text(label) }));
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={text('usage.about')}>
        {text('usage.title')}
      </Header>
      <SpaceBetween size="l" direction="horizontal" alignItems="end">
        <SegmentedControl
          label={text('usage.by')}
          selectedId={by}
          options={usageKinds.map((id) => ({ id, text: text(usageLabels[id]) }))}
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
