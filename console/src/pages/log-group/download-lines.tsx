import Button from '@cloudscape-design/components/button';
import type { LogEvent } from '../../data/log-events.ts';
import { useText } from '../../messages/text-context.tsx';
import { saveFile } from '../../views/save-file.ts';

/** Saves what is shown: a line an event, with its time and its stream. */
export function DownloadLines({ name, lines }: { readonly name: string; readonly lines: readonly LogEvent[] }) {
  const text = useText();
  const save = () => {
    const rows = lines.map(({ timestamp = 0, logStreamName, message }) => {
      return `${new Date(timestamp).toISOString()}\t${logStreamName}\t${message}\n`;
    });
    saveFile(`${name.replace(/[^\w.-]+/g, '-').replace(/^-/, '')}.log`, rows);
  };
  return (
    <Button iconName="download" disabled={lines.length === 0} onClick={save}>
      {text('log-search.download')}
    </Button>
  );
}
