import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = {
  path: '/resources',
  title: 'consumables.title',
  navigation: { section: 'batch', order: 80 },
};
