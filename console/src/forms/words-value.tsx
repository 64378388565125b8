import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import type { WordsField } from '../fields/field.ts';
import { shownWords, typedWords, type WordsForm } from '../fields/typed-words.ts';
import { useText } from '../messages/text-context.tsx';
import type { ValueProps } from './field-props.ts';

/** A command as at a prompt, and the JSON that it becomes; or typed as that. */
export function WordsValue({ value, onValue }: ValueProps<WordsField>) {
  const text = useText();
  const [form, setForm] = useState<WordsForm>('shell');
  const [typed, setTyped] = useState('');
  const words = Array.isArray(value) ? value.map(String) : [];
  const broken = typedWords(form, typed) === undefined;
  const type = (line: string) => {
    setTyped(line);
    const read = typedWords(form, line);
    if (read) onValue(read.length === 0 ? undefined : read);
  };
  return (
    <SpaceBetween size="xs">
      <Textarea
        value={shownWords(form, typed, words)}
        rows={2}
        invalid={broken}
        spellcheck={false}
        onChange={({ detail }) => type(detail.value)}
      />
      <Box variant="code">{broken ? text('problem.words') : JSON.stringify(words)}</Box>
      <Button
        variant="inline-link"
        onClick={() => {
          setForm(form === 'shell' ? 'json' : 'shell');
          setTyped('');
        }}
      >
        {text(form === 'shell' ? 'form.words.json' : 'form.words.shell')}
      </Button>
    </SpaceBetween>
  );
}
