import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { momentOfSeconds } from '../../data/seconds.ts';
import type { Machine } from '../../data/states/machines.ts';
import { useText } from '../../messages/text-context.tsx';
import { Time } from '../../views/time.tsx';

export function MachineFacts({ machine }: { readonly machine: Machine }) {
  const text = useText();
  const facts = [
    { label: text('executions.status'), value: machine.status ?? '–' },
    { label: text('machine.type'), value: machine.type ?? '–' },
    { label: text('machine.created'), value: <Time at={momentOfSeconds(machine.creationDate)} /> },
    { label: text('machine.logging'), value: machine.loggingConfiguration?.level ?? 'OFF' },
    { label: text('machine.role'), value: machine.roleArn ?? '–' },
    { label: text('machine.revision'), value: machine.revisionId ?? '–' },
  ];
  return (
    <Container header={<Header variant="h2">{text('job.facts')}</Header>}>
      <KeyValuePairs columns={4} items={facts} />
    </Container>
  );
}
