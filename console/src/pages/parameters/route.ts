import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = {
  path: '/parameters',
  title: 'parameters.title',
  navigation: { section: 'services', order: 90 },
};
