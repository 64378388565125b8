import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Visit } from '../../data/states/visit.ts';
import { useText } from '../../messages/text-context.tsx';
import { VisitDetail } from './visit-detail.tsx';
import { visitStatusWords } from './visit-status.tsx';

interface SelectedStateProps {
  readonly name: string | undefined;
  readonly visits: readonly Visit[];
}

/** What went into a state and came out of it; where it was visited more than once, in the visit that is chosen. */
export function SelectedState({ name, visits }: SelectedStateProps) {
  const text = useText();
  const [chosen, setChosen] = useState<string>();
  if (name === undefined) return <Box color="text-body-secondary">{text('execution.select-state')}</Box>;
  const its = visits.filter((visit) => visit.name === name);
  const visit = its.find(({ id }) => String(id) === chosen) ?? its.at(-1);
  const options = its.map(({ id, iteration, status }) => ({
    value: String(id),
    label: text(iteration === undefined ? 'visit.event' : 'visit.iteration', { id, iteration: iteration ?? 0 }),
    description: text(visitStatusWords[status]),
  }));
  return (
    <Container header={<Header variant="h2">{name}</Header>}>
      <SpaceBetween size="m">
        {its.length > 1 && (
          <FormField label={text('visit.which', { count: its.length })}>
            <Select
              selectedOption={options.find(({ value }) => value === String(visit?.id)) ?? null}
              options={options}
              onChange={({ detail }) => setChosen(detail.selectedOption.value)}
              filteringType="auto"
              virtualScroll
            />
          </FormField>
        )}
        {visit ? <VisitDetail visit={visit} /> : <Box>{text('visit.none')}</Box>}
      </SpaceBetween>
    </Container>
  );
}
