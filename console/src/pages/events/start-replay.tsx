import { useState } from 'react';
import type { Archive } from '../../data/event-places.ts';
import { useText } from '../../messages/text-context.tsx';
import { AskedAct } from '../../views/asked-act.tsx';
import { readMoment } from '../../views/range/time-range.ts';
import { TextField } from '../../views/text-field.tsx';

/** Tells the bus again what an archive has of a time. */
export function StartReplay({ archive }: { readonly archive: Archive }) {
  const text = useText();
  const { ArchiveName = '', EventSourceArn = '' } = archive;
  const [ReplayName, setName] = useState('');
  const [from, setFrom] = useState(() => minute(Date.now() - 3_600_000));
  const [to, setTo] = useState(() => minute(Date.now()));
  const input = {
    ReplayName,
    EventSourceArn: archiveArn(EventSourceArn, ArchiveName),
    EventStartTime: secondsOf(from),
    EventEndTime: secondsOf(to),
    Destination: { Arn: EventSourceArn },
  };
  return (
    <AskedAct
      inline
      label={text('events.replay')}
      ariaLabel={text('events.replay-named', { name: ArchiveName })}
      question={text('events.replay.question')}
      call={{ service: 'events', operation: 'StartReplay', input }}
    >
      <TextField label={text('services.name')} value={ReplayName} onChange={setName} />
      <TextField label={text('range.from')} value={from} onChange={setFrom} />
      <TextField label={text('range.to')} value={to} onChange={setTo} />
    </AskedAct>
  );
}

function minute(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

function secondsOf(text: string): number | undefined {
  const at = readMoment(text);
  return at === undefined ? undefined : at / 1000;
}

/** A list of archives says the ARN of the bus alone: `arn:aws:events:REGION:ACCOUNT:event-bus/NAME`. */
function archiveArn(bus: string, name: string): string {
  return `${bus.slice(0, bus.lastIndexOf(':'))}:archive/${name}`;
}
