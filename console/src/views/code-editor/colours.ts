import * as token from 'virtual:tokens';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const mono = { fontFamily: token.fontFamilyMonospace, fontSize: token.fontSizeBodyS, lineHeight: '1.5' };
const floating = {
  color: token.colorTextBodyDefault,
  backgroundColor: token.colorBackgroundPopover,
  border: `1px solid ${token.colorBorderDividerDefault}`,
};
const selection = { backgroundColor: `color-mix(in srgb, ${token.colorBorderItemFocused} 25%, transparent)` };

/** CodeMirror's own are pictures in `data:` URLs, which the page's policy refuses. */
function marks(severity: 'error' | 'warning', color: string) {
  return {
    [`.cm-lintRange-${severity}`]: { backgroundImage: 'none', textDecoration: `underline wavy 1px ${color}` },
    [`.cm-lint-marker-${severity}`]: {
      content: 'normal',
      width: '0.7em',
      height: '0.7em',
      margin: '0.3em 0.15em',
      backgroundColor: color,
      borderRadius: severity === 'error' ? '50%' : '0',
    },
  };
}

/** The editor's looks: Cloudscape's colours, which follow dark and light by themselves. */
export const looks = [
  EditorView.theme({
    '&': {
      color: token.colorTextBodyDefault,
      backgroundColor: token.colorBackgroundInputDefault,
      border: `1px solid ${token.colorBorderInputDefault}`,
      borderRadius: token.borderRadiusInput,
    },
    '&.cm-focused': { outline: `2px solid ${token.colorBorderItemFocused}`, outlineOffset: '1px' },
    '.cm-scroller': { ...mono, overflow: 'auto' },
    '.cm-content': { caretColor: token.colorTextBodyDefault },
    '.cm-cursor': { borderLeftColor: token.colorTextBodyDefault },
    '.cm-gutters': {
      color: token.colorTextBodySecondary,
      backgroundColor: token.colorBackgroundCodeEditorGutterDefault,
      borderRight: `1px solid ${token.colorBorderDividerDefault}`,
    },
    '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
    '.cm-activeLineGutter': { color: token.colorTextBodyDefault, fontWeight: 'bold' },
    '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': selection,
    '& .cm-content ::selection': selection,
    '&.cm-focused .cm-matchingBracket': { backgroundColor: token.colorBackgroundDropdownItemHover },
    '&.cm-focused .cm-nonmatchingBracket': { color: token.colorTextStatusError },
    '.cm-foldPlaceholder': { ...floating, padding: '0 4px' },
    '.cm-tooltip': floating,
    ...marks('error', token.colorBorderStatusError),
    ...marks('warning', token.colorBorderStatusWarning),
  }),
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: tags.propertyName, color: token.colorTextLinkDefault },
      { tag: tags.string, color: token.colorTextStatusSuccess },
      { tag: tags.number, color: token.colorTextStatusWarning },
      { tag: [tags.bool, tags.null], color: token.colorTextStatusWarning, fontWeight: 'bold' },
    ]),
  ),
];
