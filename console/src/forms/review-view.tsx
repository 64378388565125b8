import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Call } from '../api/protocol.ts';
import { type FormPlan, fieldsOf } from '../fields/field.ts';
import type { Input } from '../fields/path.ts';
import { reviewText, unasked } from '../fields/review-text.ts';
import { useText } from '../messages/text-context.tsx';
import { AwsLine } from '../views/aws-line.tsx';
import { JsonText } from '../views/json-text.tsx';

interface ReviewViewProps {
  readonly plan: FormPlan;
  readonly input: Input;
  readonly call: Call;
  readonly onEdit: (step: number) => void;
}

/** All that was said, step by step, each with a way back; then the line that does the same. */
export function ReviewView({ plan, input, call, onEdit }: ReviewViewProps) {
  const text = useText();
  const rest = unasked(plan, input);
  return (
    <SpaceBetween size="l">
      {plan.steps.map((step, index) => (
        <Container
          key={step.title}
          header={
            <Header
              variant="h2"
              actions={
                <Button ariaLabel={text('form.edit-step', { step: text(step.title) })} onClick={() => onEdit(index)}>
                  {text('form.edit')}
                </Button>
              }
            >
              {text(step.title)}
            </Header>
          }
        >
          <Said step={step} input={input} />
        </Container>
      ))}
      {Object.keys(rest).length > 0 && (
        <Container header={<Header variant="h2">{text('form.unasked')}</Header>}>
          <JsonText value={rest} />
        </Container>
      )}
      <AwsLine call={call} />
    </SpaceBetween>
  );
}

function Said({ step, input }: { readonly step: FormPlan['steps'][number]; readonly input: Input }) {
  const text = useText();
  const items = fieldsOf(step).flatMap((field) => {
    const value = reviewText(field, input);
    return value === undefined ? [] : [{ label: text(field.label), value }];
  });
  if (items.length === 0) return <Box color="text-body-secondary">{text('form.nothing-said')}</Box>;
  return <KeyValuePairs columns={3} items={items} />;
}
