import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = {
  path: '/topics',
  title: 'topics.title',
  navigation: { section: 'services', order: 50 },
};
