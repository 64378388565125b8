import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = {
  path: '/settings',
  title: 'settings.title',
  navigation: { section: 'services', order: 110 },
};
