import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = {
  path: '/instances',
  title: 'instances.title',
  navigation: { section: 'batch', order: 60 },
};
