import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { isSame } from '../fields/changed.ts';
import type { Input } from '../fields/path.ts';
import { typedInput } from '../fields/typed-input.ts';
import { useText } from '../messages/text-context.tsx';

interface InputJsonProps {
  readonly input: Input;
  readonly onInput: (input: Input) => void;
}

/** The whole input as JSON, also what no field is for. What is typed counts as soon as it is an object. */
export function InputJson({ input, onInput }: InputJsonProps) {
  const text = useText();
  const [typed, setTyped] = useState<string>();
  const read = typed === undefined ? undefined : typedInput(typed);
  const stands = typed !== undefined && (read === undefined || isSame(read, input));
  return (
    <FormField
      label={text('form.json')}
      description={text('form.json.help')}
      errorText={typed !== undefined && read === undefined && text('problem.json')}
      stretch
    >
      <Textarea
        value={stands ? typed : JSON.stringify(input, undefined, 2)}
        rows={24}
        spellcheck={false}
        onChange={({ detail }) => {
          setTyped(detail.value);
          const next = typedInput(detail.value);
          if (next) onInput(next);
        }}
      />
    </FormField>
  );
}
