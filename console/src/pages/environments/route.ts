import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = {
  path: '/environments',
  title: 'environments.title',
  navigation: { section: 'batch', order: 50 },
};
