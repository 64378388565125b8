import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = {
  path: '/policies',
  title: 'policies.title',
  navigation: { section: 'batch', order: 70 },
};
