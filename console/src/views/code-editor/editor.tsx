import { setDiagnostics } from '@codemirror/lint';
import type { EditorView } from '@codemirror/view';
import { useEffect, useEffectEvent, useRef } from 'react';
import { useText } from '../../messages/text-context.tsx';
import type { CodeEditorProps } from './code-editor-props.ts';
import { openEditor } from './open-editor.ts';

/** The editor itself, without the words around it. */
export function Editor({
  value,
  onChange,
  label,
  language = 'json',
  marks = [],
  leastLines = 3,
  mostLines = 30,
}: CodeEditorProps) {
  const text = useText();
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const readOnly = onChange === undefined;
  const description = text('code.leave');
  const changed = useEffectEvent((code: string) => onChange?.(code));
  const current = useEffectEvent(() => value);
  useEffect(() => {
    if (!host.current) return undefined;
    const height = { least: leastLines, most: mostLines };
    const settings = { text: current(), language, readOnly, label, description, height, onChange: changed };
    const opened = openEditor(host.current, settings);
    view.current = opened;
    return () => {
      view.current = undefined;
      opened.destroy();
    };
  }, [language, readOnly, label, description, leastLines, mostLines]);
  useEffect(() => {
    const shown = view.current?.state.doc;
    if (!shown || shown.toString() === value) return;
    view.current?.dispatch({ changes: { from: 0, to: shown.length, insert: value } });
  }, [value]);
  useEffect(() => {
    const state = view.current?.state;
    if (!state) return;
    // The marks may be those of the text before the last key.
    const within = (at: number) => Math.min(at, state.doc.length);
    const diagnostics = marks.map((mark) => ({ ...mark, from: within(mark.from), to: within(mark.to) }));
    view.current?.dispatch(setDiagnostics(state, diagnostics));
  }, [marks]);
  return <div ref={host} />;
}
