import Autosuggest from '@cloudscape-design/components/autosuggest';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { CallError } from '../api/call-error.ts';
import { useRoles } from '../data/iam.ts';
import { useText } from '../messages/text-context.tsx';
import { useWorker } from '../session/session-context.tsx';
import { Failure } from '../views/failure.tsx';

const recent = 'batchyard.roles';

/** Plays a role from now on, in all tabs. Those that IAM lists are offered, and those that were played before. */
export function SwitchRole({ onClose }: { readonly onClose: () => void }) {
  const text = useText();
  const worker = useWorker();
  const { data } = useRoles();
  const [role, setRole] = useState('');
  const [error, setError] = useState<CallError>();
  const [busy, setBusy] = useState(false);
  const listed = (data?.Roles ?? []).map(({ Arn = '' }) => Arn);
  const play = async () => {
    setBusy(true);
    try {
      await worker.switchRole(role.trim());
      remember(role.trim());
      onClose();
    } catch (failure) {
      if (!(failure instanceof CallError)) throw failure;
      setError(failure);
      setBusy(false);
    }
  };
  const footer = (
    <Button variant="primary" disabled={role.trim() === ''} loading={busy} onClick={() => void play()}>
      {text('role.switch')}
    </Button>
  );
  return (
    <Modal
      visible
      header={text('top.switch-role')}
      onDismiss={onClose}
      footer={footer}
      closeAriaLabel={text('dialog.close')}
    >
      <SpaceBetween size="m">
        <FormField label={text('role.arn')} description={text('role.trust')}>
          <Autosuggest
            value={role}
            onChange={({ detail }) => setRole(detail.value)}
            options={[...new Set([...remembered(), ...listed])].map((value) => ({ value }))}
            enteredTextLabel={(value) => text('role.use', { value })}
            empty={text('role.none')}
          />
        </FormField>
        {error && <Failure error={error} />}
      </SpaceBetween>
    </Modal>
  );
}

/** Names of roles are no secrets: what is kept lets nobody play one. */
function remembered(): readonly string[] {
  return (localStorage.getItem(recent) ?? '').split('\n').filter(Boolean);
}

function remember(arn: string): void {
  const roles = [arn, ...remembered().filter((each) => each !== arn)].slice(0, 5);
  localStorage.setItem(recent, roles.join('\n'));
}
