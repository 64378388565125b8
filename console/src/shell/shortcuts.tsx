import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { useText } from '../messages/text-context.tsx';
import { hasSingleKeys } from '../views/single-keys.ts';
import { toggleTheme } from '../views/theme.ts';
import { isPage } from './is-page.ts';
import { type Deed, strike, type Typed } from './keys.ts';
import { copyLine, focusFilter, focusRow, focusSearch, isField, selectRow } from './row-focus.ts';

const ShortcutHelp = lazy(async () => ({ default: (await import('./shortcut-help.tsx')).ShortcutHelp }));

/** Listens for keys wherever the page has the focus, and shows what they do when asked. */
export function Shortcuts() {
  const [helps, setHelps] = useState(false);
  const act = useDeeds(() => setHelps(true));
  const typed = useRef<Typed>({});
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const { key, ctrlKey, altKey, metaKey, target, defaultPrevented } = event;
      // A dialog has the focus to itself: what is behind it stays as it is.
      if (defaultPrevented || document.querySelector('[role=dialog]')) return;
      const stroke = { key, modified: ctrlKey || altKey || metaKey, inField: isField(target) };
      const { deed, typed: now } = strike(typed.current, stroke, hasSingleKeys());
      typed.current = now;
      if (deed === undefined) return;
      event.preventDefault();
      act(deed);
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [act]);
  return <Suspense>{helps && <ShortcutHelp onClose={() => setHelps(false)} />}</Suspense>;
}

function useDeeds(help: () => void): (deed: Deed) => void {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const text = useText();
  const deeds = useRef<(deed: Deed) => void>(() => {});
  deeds.current = (deed) => {
    if (deed.startsWith('to:')) {
      const path = deed.slice('to:'.length);
      if (isPage(path)) void navigate(path);
      return;
    }
    const others: Readonly<Partial<Record<Deed, () => void>>> = {
      help,
      search: focusSearch,
      filter: focusFilter,
      'next-row': () => focusRow(1),
      'previous-row': () => focusRow(-1),
      'select-row': selectRow,
      'copy-line': () => copyLine(text('aws-line.copy')),
      'read-again': () => void queries.invalidateQueries(),
      theme: toggleTheme,
    };
    others[deed]?.();
  };
  const [act] = useState(() => (deed: Deed) => deeds.current(deed));
  return act;
}
