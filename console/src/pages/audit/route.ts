import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = {
  path: '/audit',
  title: 'audit.title',
  navigation: { section: 'services', order: 100 },
};
