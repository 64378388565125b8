import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = {
  path: '/schedules',
  title: 'schedules.title',
  navigation: { section: 'services', order: 40 },
};
