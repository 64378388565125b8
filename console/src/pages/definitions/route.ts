import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = {
  path: '/definitions',
  title: 'definitions.title',
  navigation: { section: 'batch', order: 30 },
};
