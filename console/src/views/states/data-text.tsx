import FormField from '@cloudscape-design/components/form-field';
import { CodeEditor } from '../code-editor/code-editor.tsx';

interface DataTextProps {
  readonly label: string;
  /** JSON; absent where there is none. */
  readonly value: string | undefined;
}

/** Data of an execution, in lines. Its numbers keep their text: they are not read and written again. */
export function DataText({ label, value }: DataTextProps) {
  if (value === undefined) return null;
  return (
    <FormField label={label} stretch>
      <CodeEditor value={inLines(value)} label={label} leastLines={1} mostLines={20} />
    </FormField>
  );
}

/** What is no JSON, as an input that was cut off, stays as it is. */
function inLines(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    const lines = JSON.stringify(value, undefined, 2);
    // An integer beyond 2^53, `1.0`: what would be written otherwise is shown as it was sent.
    return lines.replace(/\s/g, '') === text.replace(/\s/g, '') ? lines : text;
  } catch {
    return text;
  }
}
