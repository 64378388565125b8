import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { looks } from './colours.ts';

export interface EditorSettings {
  readonly text: string;
  readonly language: 'json' | 'text';
  readonly readOnly: boolean;
  /** What it is called to who cannot see it. */
  readonly label: string;
  /** How the keyboard leaves it. */
  readonly description: string;
  /** In lines. */
  readonly height: { readonly least: number; readonly most: number };
  readonly onChange: (text: string) => void;
}

/**
 * Opens an editor in `host`, in a shadow root: there CodeMirror adopts its style sheets, where otherwise it writes a `<style>`
 * element, which the page's policy refuses. The shadow root stays when the editor is destroyed, and takes the next.
 */
export function openEditor(host: HTMLElement, settings: EditorSettings): EditorView {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const state = EditorState.create({ doc: settings.text, extensions: extensions(settings) });
  return new EditorView({ state, parent: root, root });
}

function extensions({ language, readOnly, label, description, height, onChange }: EditorSettings): Extension {
  return [
    lineNumbers(),
    language === 'json' ? [json(), foldGutter()] : EditorView.lineWrapping,
    drawSelection(),
    bracketMatching(),
    readOnly ? [] : editing,
    keymap.of([...defaultKeymap, ...foldKeymap]),
    EditorState.readOnly.of(readOnly),
    EditorState.tabSize.of(2),
    EditorView.contentAttributes.of({
      'aria-label': label,
      ...(readOnly ? { 'aria-readonly': 'true' } : { 'aria-description': description }),
    }),
    EditorView.updateListener.of((update) => update.docChanged && onChange(update.state.doc.toString())),
    looks,
    EditorView.theme({
      '.cm-content': { minHeight: `${height.least * 1.5}em` },
      '.cm-scroller': { maxHeight: `${height.most * 1.5}em` },
    }),
  ];
}

/** Escape and then Tab leaves it: CodeMirror lets the key go for two seconds. */
const editing: Extension = [
  lintGutter(),
  history(),
  indentOnInput(),
  closeBrackets(),
  highlightActiveLineGutter(),
  keymap.of([...closeBracketsKeymap, ...historyKeymap, ...lintKeymap, indentWithTab]),
];
