import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useText } from '../../messages/text-context.tsx';
import { AskedAct } from '../../views/asked-act.tsx';
import { TextField } from '../../views/text-field.tsx';

/** Makes a group, and shows it. */
export function CreateGroup() {
  const text = useText();
  const navigate = useNavigate();
  const [logGroupName, setName] = useState('');
  return (
    <AskedAct
      label={text('logs.create')}
      question={text('logs.create.question')}
      call={{ service: 'logs', operation: 'CreateLogGroup', input: { logGroupName } }}
      onDone={() => void navigate(`/logs/${encodeURIComponent(logGroupName)}`)}
    >
      <TextField label={text('logs.name')} value={logGroupName} onChange={setName} placeholder="/my/group" />
    </AskedAct>
  );
}
