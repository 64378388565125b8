import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useCallChain } from '../../data/use-call-chain.ts';
import { useText } from '../../messages/text-context.tsx';
import { useSession } from '../../session/session-context.tsx';
import { AwsLine } from '../aws-line.tsx';
import { Failure } from '../failure.tsx';
import { TextField } from '../text-field.tsx';
import { type NotificationWish, notificationCalls, toldStatuses } from './notification-calls.ts';

interface ConfigureNotificationsProps {
  /** What of: a job by its id, or a queue by its ARN. */
  readonly about: NotificationWish['about'];
  /** What the topic and the rule are called if nobody says otherwise. */
  readonly name: string;
}

/** Makes a topic and the rule that tells it of a queue or a job. */
export function ConfigureNotifications({ about, name }: ConfigureNotificationsProps) {
  const text = useText();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button onClick={() => setAsking(true)}>{text('notify.configure')}</Button>
      {asking && <Wishes about={about} name={name} onClose={() => setAsking(false)} />}
    </>
  );
}

function Wishes({ about, name: usual, onClose }: ConfigureNotificationsProps & { readonly onClose: () => void }) {
  const text = useText();
  const session = useSession();
  const chain = useCallChain();
  const [name, setName] = useState(usual.replace(/[^\w-]/g, '-'));
  const [statuses, setStatuses] = useState<readonly string[]>(['FAILED']);
  const [blocked, setBlocked] = useState(false);
  const [email, setEmail] = useState('');
  if (session?.kind !== 'signed-in') return null;
  const { account, region } = session;
  const calls = notificationCalls({ name, about, statuses, blocked, email, account, region });
  const isReady = name !== '' && (statuses.length > 0 || blocked);
  const make = (
    <Button
      variant="primary"
      disabled={!isReady}
      loading={chain.isPending}
      onClick={() => chain.mutate(calls, { onSuccess: onClose })}
    >
      {text('notify.make')}
    </Button>
  );
  return (
    <Modal
      visible
      header={text('notify.configure')}
      footer={make}
      onDismiss={onClose}
      closeAriaLabel={text('dialog.close')}
    >
      <SpaceBetween size="m">
        <FormField label={text('notify.of')}>
          <SpaceBetween size="xs">
            <Statuses chosen={statuses} onChange={setStatuses} />
            {about.kind === 'queue' && (
              <Checkbox checked={blocked} onChange={({ detail }) => setBlocked(detail.checked)}>
                {text('notify.blocked')}
              </Checkbox>
            )}
          </SpaceBetween>
        </FormField>
        <TextField label={text('notify.name')} value={name} onChange={setName} />
        <TextField
          label={text('notify.email')}
          description={text('notify.email.or')}
          value={email}
          onChange={setEmail}
        />
        {calls.map((call) => (
          <AwsLine key={call.operation} call={call} />
        ))}
        {chain.error && <Failure error={chain.error} />}
      </SpaceBetween>
    </Modal>
  );
}

interface StatusesProps {
  readonly chosen: readonly string[];
  readonly onChange: (statuses: readonly string[]) => void;
}

function Statuses({ chosen, onChange }: StatusesProps) {
  return toldStatuses.map((status) => (
    <Checkbox
      key={status}
      checked={chosen.includes(status)}
      onChange={({ detail }) =>
        onChange(toldStatuses.filter((each) => (each === status ? detail.checked : chosen.includes(each))))
      }
    >
      {status}
    </Checkbox>
  ));
}
