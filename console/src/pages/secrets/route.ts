import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = {
  path: '/secrets',
  title: 'secrets.title',
  navigation: { section: 'services', order: 80 },
};
