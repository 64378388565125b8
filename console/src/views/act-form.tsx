import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { FormEvent, ReactNode } from 'react';
import type { Call } from '../api/protocol.ts';
import { useAct } from '../data/use-act.ts';
import { AwsLine } from './aws-line.tsx';
import { Failure } from './failure.tsx';

interface ActFormProps {
  readonly submit: string;
  /** Undefined while something that is needed is not given. */
  readonly call: Call | undefined;
  readonly onDone: (answer: unknown) => void;
  readonly children: ReactNode;
}

/** A form that stands for one call, which it shows as a line before it is made. What was typed stays when it is refused. */
export function ActForm({ submit, call, onDone, children }: ActFormProps) {
  const act = useAct();
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (call) act.mutate(call, { onSuccess: onDone });
  };
  return (
    <form onSubmit={send} autoComplete="off">
      <Form
        actions={
          <Button variant="primary" formAction="submit" disabled={!call} loading={act.isPending}>
            {submit}
          </Button>
        }
      >
        <SpaceBetween size="m">
          <Container>
            <SpaceBetween size="m">{children}</SpaceBetween>
          </Container>
          {call && <AwsLine call={call} />}
          {act.error && <Failure error={act.error} />}
        </SpaceBetween>
      </Form>
    </form>
  );
}
