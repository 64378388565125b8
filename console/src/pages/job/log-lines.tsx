import Box from '@cloudscape-design/components/box';

interface LogEvent {
  readonly timestamp?: number | undefined;
  readonly message?: string | undefined;
}

/** At most a thousand lines, each with its time. */
export function LogLines({ events }: { readonly events: readonly LogEvent[] }) {
  const lines = events.map(({ timestamp, message = '' }) => {
    const time = timestamp === undefined ? '' : new Date(timestamp).toISOString().slice(11, 23);
    return `${time}  ${message}\n`;
  });
  return <Box variant="pre">{lines.join('')}</Box>;
}
