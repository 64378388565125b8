import { type ComponentType, lazy, useEffect } from 'react';
import type { Language } from '../messages/language.ts';
import { loadPageMessages } from '../messages/load-messages.ts';
import { useLanguage, useText } from '../messages/text-context.tsx';
import type { Page } from '../pages/page-route.ts';

const components = new Map<string, ComponentType>();

/** A page's code and words, loaded when it is first opened. */
function componentOf({ name, load }: Page, language: Language): ComponentType {
  let component = components.get(name);
  if (!component) {
    component = lazy(async () => {
      const [{ Page: loaded }] = await Promise.all([load(), name === 'dashboard' || loadPageMessages(language)]);
      return { default: loaded };
    });
    components.set(name, component);
  }
  return component;
}

export function LoadedPage({ page }: { readonly page: Page }) {
  const text = useText();
  const language = useLanguage();
  const title = text(page.route.title);
  useEffect(() => {
    document.title = `${title} – Batchyard`;
  }, [title]);
  const Component = componentOf(page, language);
  return <Component />;
}
