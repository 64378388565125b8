import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = {
  path: '/events',
  title: 'events.title',
  navigation: { section: 'services', order: 30 },
};
