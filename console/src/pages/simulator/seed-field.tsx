import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useText } from '../../messages/text-context.tsx';

const largest = 2 ** 32 - 1;

interface SeedFieldProps {
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** Decides what is left to chance: when Spot takes instances back, how long jobs run of which that is not said. */
export function SeedField({ value, onChange }: SeedFieldProps) {
  const text = useText();
  const take = (typed: string) => {
    const seed = Number(typed);
    if (Number.isInteger(seed) && seed >= 0 && seed <= largest) onChange(seed);
  };
  return (
    <FormField label={text('simulator.seed')} description={text('simulator.seed.about')}>
      <Input type="number" inputMode="numeric" value={String(value)} onChange={({ detail }) => take(detail.value)} />
    </FormField>
  );
}
