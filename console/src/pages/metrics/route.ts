import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = {
  path: '/metrics',
  title: 'metrics.title',
  navigation: { section: 'services', order: 60 },
};
