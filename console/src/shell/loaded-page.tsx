import { type ComponentType, lazy, useEffect } from 'react';
import { useText } from '../messages/text-context.tsx';
import type { Page } from '../pages/page-route.ts';

const components = new Map<string, ComponentType>();

/** A page's code, loaded when it is first opened. */
function componentOf({ name, load }: Page): ComponentType {
  let component = components.get(name);
  if (!component) {
    component = lazy(async () => ({ default: (await load()).Page }));
    components.set(name, component);
  }
  return component;
}

export function LoadedPage({ page }: { readonly page: Page }) {
  const text = useText();
  const title = text(page.route.title);
  useEffect(() => {
    document.title = `${title} – Batchyard`;
  }, [title]);
  const Component = componentOf(page);
  return <Component />;
}
