import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = {
  path: '/simulator',
  title: 'simulator.title',
  navigation: { section: 'batch', order: 90 },
};
