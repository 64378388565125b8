import type { ReactNode } from 'react';

/** What a page says of itself beside its code, which is loaded when it is opened: what its `route.ts` exports as `route`. */
export interface PageRoute {
  /** Below `/console`; `:name` binds a part of the path. */
  readonly path: string;
  /** Key of its title, which is its heading and that of the window. */
  readonly title: string;
  /** Where it stands in the navigation. @default it is not in it */
  readonly navigation?: { readonly section: 'batch' | 'services'; readonly order: number };
}

type LoadPage = () => Promise<{ readonly Page: () => ReactNode }>;

export interface Page {
  readonly name: string;
  readonly route: PageRoute;
  readonly load: LoadPage;
}

const routes = import.meta.glob<{ readonly route: PageRoute }>('./*/route.ts', { eager: true });
const codes = import.meta.glob<{ readonly Page: () => ReactNode }>('./*/page.tsx');

/** Every page there is. */
export const pages: readonly Page[] = Object.entries(routes).map(([path, { route }]) => {
  const name = path.slice('./'.length, -'/route.ts'.length);
  const load = codes[`./${name}/page.tsx`];
  if (!load) throw new Error(`the page ${name} has a route and no page.tsx`);
  return { name, route, load };
});
