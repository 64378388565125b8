import { useEffect } from 'react';
import type { Language } from '../messages/language.ts';
import { loadPageMessages } from '../messages/load-messages.ts';
import { useLanguage, useText } from '../messages/text-context.tsx';
import type { Page } from '../pages/page-route.ts';
import { useLoaded } from './use-loaded.ts';

/** A page's code and words, loaded when it is first opened. */
async function load({ name, load: loadCode }: Page, language: Language) {
  const [{ Page: component }] = await Promise.all([loadCode(), name === 'dashboard' || loadPageMessages(language)]);
  return component;
}

export function LoadedPage({ page }: { readonly page: Page }) {
  const text = useText();
  const language = useLanguage();
  const title = text(page.route.title);
  useEffect(() => {
    document.title = `${title} – Batchyard`;
  }, [title]);
  const Component = useLoaded(`page ${page.name}`, () => load(page, language));
  return Component ? <Component /> : null;
}
