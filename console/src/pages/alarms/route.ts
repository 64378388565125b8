import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = {
  path: '/alarms',
  title: 'alarms.title',
  navigation: { section: 'services', order: 50 },
};
