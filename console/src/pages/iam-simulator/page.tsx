import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { contextOf, type Simulated, simulationCall, wordsOf } from '../../data/simulated.ts';
import { useText } from '../../messages/text-context.tsx';
import { type ActField, wrongWith } from '../../views/acts/act.ts';
import { ActInput } from '../../views/acts/act-input.tsx';
import { AwsLine } from '../../views/aws-line.tsx';
import { SimulatedAnswers } from './simulated-answers.tsx';

const fields: readonly ActField[] = [
  { name: 'principal', label: 'policy-simulator.principal', help: 'policy-simulator.principal.help' },
  { name: 'actions', label: 'policy-simulator.actions', help: 'policy-simulator.actions.help', kind: 'long' },
  {
    name: 'resources',
    label: 'policy-simulator.resources',
    help: 'policy-simulator.resources.help',
    kind: 'long',
    optional: true,
  },
  {
    name: 'context',
    label: 'policy-simulator.context',
    help: 'policy-simulator.context.help',
    kind: 'long',
    optional: true,
  },
];

/** Asks whether somebody may do something; the address holds the question. */
export function Page() {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const asked = askedBy(search);
  const [values, setValues] = useState(() =>
    Object.fromEntries(fields.map(({ name }) => [name, search.get(name) ?? ''])),
  );
  const isWhole = fields.every((field) => wrongWith(field, values[field.name] ?? '') === undefined);
  const ask = () =>
    setSearch((before) => {
      for (const [name, value] of Object.entries(values)) value === '' ? before.delete(name) : before.set(name, value);
      return before;
    });
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={text('policy-simulator.what')}>
        {text('policy-simulator.title')}
      </Header>
      <Container
        footer={
          <Button variant="primary" disabled={!isWhole} onClick={ask}>
            {text('policy-simulator.ask')}
          </Button>
        }
      >
        <SpaceBetween size="m">
          {fields.map((field) => (
            <ActInput
              key={field.name}
              field={field}
              value={values[field.name] ?? ''}
              wrong={undefined}
              onChange={(value) => setValues({ ...values, [field.name]: value })}
            />
          ))}
        </SpaceBetween>
      </Container>
      {asked.actions.length > 0 && (
        <>
          <AwsLine call={simulationCall(asked)} />
          <SimulatedAnswers asked={asked} />
        </>
      )}
    </SpaceBetween>
  );
}

function askedBy(search: URLSearchParams): Simulated {
  const said = (name: string) => search.get(name) ?? '';
  return {
    principal: said('principal').trim(),
    actions: wordsOf(said('actions')),
    resources: wordsOf(said('resources')),
    context: contextOf(said('context')),
  };
}
