import SpaceBetween from '@cloudscape-design/components/space-between';
import { useText } from '../../messages/text-context.tsx';
import { ChoiceField } from '../choice-field.tsx';
import { SearchField } from '../search-field.tsx';
import { useAddress } from '../use-address.ts';
import type { RangeText, spans } from './time-range.ts';

/** What the address says of the time that is looked at. */
export function useRangeText(usual: keyof typeof spans): RangeText {
  const address = useAddress();
  return { since: address.get('since') || usual, from: address.get('from'), to: address.get('to') };
}

interface RangeFieldProps {
  readonly range: RangeText;
  /** Whether all that there is may be asked for. */
  readonly all?: boolean;
}

const words: Readonly<Record<keyof typeof spans, string>> = {
  '15m': 'range.15m',
  '1h': 'range.1h',
  '6h': 'range.6h',
  '1d': 'range.1d',
  '7d': 'range.7d',
  '30d': 'range.30d',
};

/** Chooses the time that is looked at: a span up to now, or what lies between two moments. */
export function RangeField({ range, all = false }: RangeFieldProps) {
  const text = useText();
  const address = useAddress();
  const options = [
    ...Object.entries(words).map(([value, key]) => ({ value, label: text(key) })),
    ...(all ? [{ value: 'all', label: text('range.all') }] : []),
    { value: 'between', label: text('range.between') },
  ];
  return (
    <SpaceBetween direction="horizontal" size="xs" alignItems="end">
      <ChoiceField
        label={text('range.label')}
        value={range.since}
        options={options}
        onChange={(since) => address.set({ since })}
      />
      {range.since === 'between' && (
        <>
          <SearchField name="from" label={text('range.from')} />
          <SearchField name="to" label={text('range.to')} />
        </>
      )}
    </SpaceBetween>
  );
}
