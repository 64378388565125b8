import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo, useState } from 'react';
import { isSame } from '../fields/changed.ts';
import { problemsOf } from '../fields/check.ts';
import type { FormPlan } from '../fields/field.ts';
import { type Input, pointerAt } from '../fields/path.ts';
import { typedInput } from '../fields/typed-input.ts';
import { type Text, useText } from '../messages/text-context.tsx';
import { CodeEditor } from '../views/code-editor/code-editor.tsx';
import { type Mark, marksOf } from '../views/code-editor/mark.ts';

interface InputJsonProps {
  readonly plan: FormPlan;
  readonly input: Input;
  readonly onInput: (input: Input) => void;
}

/** The whole input as JSON, also what no field is for. What is typed counts as soon as it is an object. */
export function InputJson({ plan, input, onInput }: InputJsonProps) {
  const text = useText();
  const [checked] = useState(plan);
  const [typed, setTyped] = useState<string>();
  const read = typed === undefined ? undefined : typedInput(typed);
  const stands = typed !== undefined && (read === undefined || isSame(read, input));
  const value = stands ? typed : JSON.stringify(input, undefined, 2);
  const marks = useMemo(() => marksIn(value, checked, text), [value, checked, text]);
  return (
    <SpaceBetween size="xs">
      <Box color="text-body-secondary">{text('form.json.help')}</Box>
      <CodeEditor
        label={text('form.json')}
        value={value}
        marks={marks}
        leastLines={12}
        onChange={(next) => {
          setTyped(next);
          const object = typedInput(next);
          if (object) onInput(object);
        }}
      />
    </SpaceBetween>
  );
}

/** What the form would say of the text, each where it stands. */
function marksIn(value: string, { steps }: FormPlan, text: Text): readonly Mark[] {
  const input = typedInput(value) ?? {};
  const problems = steps.flatMap((step) => problemsOf(step, input));
  const pointed = problems.map(({ path, message, values }) => {
    return { pointer: pointerAt(input, path), severity: 'error', message: text(message, values) } as const;
  });
  return marksOf(value, pointed, text('code.not-json'));
}
