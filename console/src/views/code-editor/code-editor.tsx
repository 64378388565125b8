import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, Suspense } from 'react';
import type { CodeEditorProps } from './code-editor-props.ts';
import { ProblemList } from './problem-list.tsx';

// 120 kB: in no page that does not show it, and after what its page shows at once.
const Editor = lazy(async () => ({ default: (await import('./editor.tsx')).Editor }));

/** Text that is code: coloured, with what is wrong marked in it and told below. Escape and then Tab leaves it. */
export function CodeEditor(props: CodeEditorProps) {
  return (
    <SpaceBetween size="xxs">
      <Suspense fallback={<Box variant="pre">{props.value}</Box>}>
        <Editor {...props} />
      </Suspense>
      {props.marks && <ProblemList text={props.value} marks={props.marks} />}
    </SpaceBetween>
  );
}
