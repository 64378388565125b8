import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Field, Step } from '../fields/field.ts';
import type { Input } from '../fields/path.ts';
import { useText } from '../messages/text-context.tsx';
import type { FormFacts } from './field-props.ts';
import { FieldView } from './field-view.tsx';

interface StepViewProps {
  readonly step: Step;
  readonly input: Input;
  readonly onInput: (input: Input) => void;
  readonly facts: FormFacts;
}

/** The fields of a step; what most leave as it is opens on demand, and by itself where something is wrong in it. */
export function StepView({ step, input, onInput, facts }: StepViewProps) {
  const text = useText();
  const [open, setOpen] = useState(false);
  const { fields, more = [] } = step;
  const view = (field: Field) => (
    <FieldView key={field.path} field={field} scope={input} prefix="" onScope={onInput} facts={facts} />
  );
  const isWrong = more.some(({ path }) => facts.problemAt(path) ?? facts.refusalAt(path));
  return (
    <SpaceBetween size="l">
      <Container>
        <SpaceBetween size="l">{fields.map(view)}</SpaceBetween>
      </Container>
      {more.length > 0 && (
        <ExpandableSection
          variant="container"
          headerText={text('form.more')}
          expanded={open || isWrong}
          onChange={({ detail }) => setOpen(detail.expanded)}
        >
          <SpaceBetween size="l">{more.map(view)}</SpaceBetween>
        </ExpandableSection>
      )}
    </SpaceBetween>
  );
}
