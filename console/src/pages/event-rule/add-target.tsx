import { useState } from 'react';
import { useText } from '../../messages/text-context.tsx';
import { AskedAct } from '../../views/asked-act.tsx';
import { TextField } from '../../views/text-field.tsx';

interface AddTargetProps {
  readonly bus: string;
  readonly rule: string;
  readonly taken: readonly string[];
}

const batchQueue = /^arn:[^:]+:batch:[^:]*:[^:]*:job-queue\//;

/** Adds a target; a job queue needs to know what it is to run. */
export function AddTarget({ bus, rule, taken }: AddTargetProps) {
  const text = useText();
  const [Arn, setArn] = useState('');
  const [RoleArn, setRole] = useState('');
  const [Input, setInput] = useState('');
  const [JobDefinition, setDefinition] = useState('');
  const [JobName, setJobName] = useState('');
  const isQueue = batchQueue.test(Arn);
  const target = {
    Id: freeId(taken),
    Arn,
    ...(RoleArn !== '' && { RoleArn }),
    ...(Input !== '' && { Input }),
    ...(isQueue && { BatchParameters: { JobDefinition, JobName } }),
  };
  return (
    <AskedAct
      label={text('event-rule.add-target')}
      question={text('event-rule.add-target.question')}
      call={{ service: 'events', operation: 'PutTargets', input: { Rule: rule, EventBusName: bus, Targets: [target] } }}
    >
      <TextField label={text('event-rule.target')} value={Arn} onChange={setArn} placeholder="arn:aws:…" />
      {isQueue && (
        <>
          <TextField label={text('job.definition')} value={JobDefinition} onChange={setDefinition} />
          <TextField label={text('event-rule.job-name')} value={JobName} onChange={setJobName} />
        </>
      )}
      <TextField label={text('event-rule.role')} value={RoleArn} onChange={setRole} />
      <TextField label={text('event-rule.constant')} value={Input} onChange={setInput} rows={3} />
    </AskedAct>
  );
}

/** The first number that no target has. */
function freeId(taken: readonly string[]): string {
  let id = 1;
  while (taken.includes(String(id))) id++;
  return String(id);
}
