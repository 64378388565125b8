import { useState } from 'react';
import type { Call } from '../../api/protocol.ts';
import { type LogGroup, retentions } from '../../data/log-groups.ts';
import { type Text, useText } from '../../messages/text-context.tsx';
import { AskedAct } from '../../views/asked-act.tsx';
import { ChoiceField } from '../../views/choice-field.tsx';

const forever = 'forever';

/** For how long a group keeps its events; a press changes it. */
export function GroupRetention({ group }: { readonly group: LogGroup }) {
  const text = useText();
  const { logGroupName = '', retentionInDays } = group;
  const kept = String(retentionInDays ?? forever);
  const [chosen, setChosen] = useState(kept);
  const options = [forever, ...retentions].map((days) => ({ value: String(days), label: wordsOf(text, String(days)) }));
  return (
    <AskedAct
      inline
      label={wordsOf(text, kept)}
      ariaLabel={text('logs.retention.of', { name: logGroupName, kept: wordsOf(text, kept) })}
      confirm={text('services.save')}
      question={text('logs.retention.question', { name: logGroupName })}
      call={retentionCall(logGroupName, chosen)}
    >
      <ChoiceField label={text('logs.retention')} value={chosen} options={options} onChange={setChosen} />
    </AskedAct>
  );
}

function retentionCall(logGroupName: string, days: string): Call {
  if (days === forever) return { service: 'logs', operation: 'DeleteRetentionPolicy', input: { logGroupName } };
  const input = { logGroupName, retentionInDays: Number(days) };
  return { service: 'logs', operation: 'PutRetentionPolicy', input };
}

function wordsOf(text: Text, days: string): string {
  return days === forever ? text('logs.retention.forever') : text('logs.retention.days', { days: Number(days) });
}
