import { type ComponentType, lazy, useEffect } from 'react';
import { currentLanguage } from '../messages/language.ts';
import { loadAllMessages } from '../messages/load-messages.ts';
import { useText } from '../messages/text-context.tsx';
import type { Page } from '../pages/page-route.ts';

const components = new Map<string, ComponentType>();

/** A page's code and messages, loaded when it is first opened. The dashboard's messages are there from the start. */
function componentOf({ name, route, load }: Page): ComponentType {
  let component = components.get(name);
  if (!component) {
    component = lazy(async () => {
      const [code] = await Promise.all([load(), route.path === '/' || loadAllMessages(currentLanguage())]);
      return { default: titled(code.Page, route.title) };
    });
    components.set(name, component);
  }
  return component;
}

/** A page that gives the window its title. */
function titled(Content: ComponentType, key: string): ComponentType {
  return function Titled() {
    const title = useText()(key);
    useEffect(() => {
      document.title = `${title} – Batchyard`;
    }, [title]);
    return <Content />;
  };
}

export function LoadedPage({ page }: { readonly page: Page }) {
  const Component = componentOf(page);
  return <Component />;
}
