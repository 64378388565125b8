import Grid from '@cloudscape-design/components/grid';
import LiveRegion from '@cloudscape-design/components/live-region';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { usePatternTest } from '../../data/event-rules.ts';
import { useSettled } from '../../data/use-settled.ts';
import { useText } from '../../messages/text-context.tsx';
import { TextField } from '../../views/text-field.tsx';
import { sampleEvent } from './sample-event.ts';

interface PatternTesterProps {
  readonly pattern: string;
  readonly onChange: (pattern: string) => void;
}

/** A pattern beside an event: whether it matches is told as one types, by the server that will decide it. */
export function PatternTester({ pattern, onChange }: PatternTesterProps) {
  const text = useText();
  const [event, setEvent] = useState(sampleEvent);
  const { data, error } = usePatternTest(useSettled(pattern), useSettled(event));
  const matches = data?.Result === true;
  return (
    <>
      <Grid gridDefinition={[{ colspan: 6 }, { colspan: 6 }]}>
        <TextField label={text('events.pattern')} rows={18} value={pattern} onChange={onChange} />
        <TextField label={text('event-rule.sample')} rows={18} value={event} onChange={setEvent} />
      </Grid>
      <LiveRegion>
        {error && <StatusIndicator type="error">{error.message}</StatusIndicator>}
        {!error && data && (
          <StatusIndicator type={matches ? 'success' : 'stopped'}>
            {text(matches ? 'event-rule.matches' : 'event-rule.matches-not')}
          </StatusIndicator>
        )}
      </LiveRegion>
    </>
  );
}
