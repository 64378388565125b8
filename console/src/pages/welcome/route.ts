import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = {
  path: '/welcome',
  title: 'welcome.title',
  navigation: { section: 'batch', order: 95 },
};
