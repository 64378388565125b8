import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useText } from '../../messages/text-context.tsx';
import type { OrderedEnvironment } from '../../simulation/order.ts';
import { CodeEditor } from '../../views/code-editor/code-editor.tsx';

/** One of them, under a number that stays its own while it is renamed. */
export interface EnvironmentVariant extends OrderedEnvironment {
  readonly number: number;
}

interface EnvironmentVariantsProps {
  readonly environments: readonly EnvironmentVariant[];
  readonly onChange: (environments: readonly EnvironmentVariant[]) => void;
}

/** The environments that are compared. Each can be copied, and the copy changed. */
export function EnvironmentVariants({ environments, onChange }: EnvironmentVariantsProps) {
  const text = useText();
  const change = (number: number, change: Partial<OrderedEnvironment>) =>
    onChange(environments.map((each) => (each.number === number ? { ...each, ...change } : each)));
  const copy = ({ text: copied }: EnvironmentVariant) => {
    const number = Math.max(...environments.map((each) => each.number)) + 1;
    onChange([...environments, { number, name: text('simulator.variant', { number }), text: copied }]);
  };
  return (
    <SpaceBetween size="s">
      <Header variant="h2" description={text('simulator.environments.about')}>
        {text('simulator.environments')}
      </Header>
      {environments.map((environment) => (
        <ExpandableSection
          key={environment.number}
          defaultExpanded={environment.number > 0}
          headerText={environment.name}
          headerActions={<Button onClick={() => copy(environment)}>{text('simulator.environment.copy')}</Button>}
          variant="container"
        >
          <Variant
            environment={environment}
            onChange={(changed) => change(environment.number, changed)}
            {...(environment.number > 0 && {
              onRemove: () => onChange(environments.filter((it) => it !== environment)),
            })}
          />
        </ExpandableSection>
      ))}
    </SpaceBetween>
  );
}

interface VariantProps {
  readonly environment: OrderedEnvironment;
  readonly onChange: (change: Partial<OrderedEnvironment>) => void;
  /** Absent: it stays. */
  readonly onRemove?: () => void;
}

function Variant({ environment: { name, text: value }, onChange, onRemove }: VariantProps) {
  const text = useText();
  return (
    <SpaceBetween size="s">
      <SpaceBetween size="s" direction="horizontal" alignItems="end">
        <FormField label={text('simulator.environment.name')}>
          <Input value={name} onChange={({ detail }) => onChange({ name: detail.value })} />
        </FormField>
        {onRemove && <Button onClick={onRemove}>{text('simulator.environment.remove', { name })}</Button>}
      </SpaceBetween>
      <CodeEditor
        label={text('simulator.environment.text', { name })}
        value={value}
        onChange={(changed) => onChange({ text: changed })}
      />
    </SpaceBetween>
  );
}
