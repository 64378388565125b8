import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/resources/new', title: 'consumable.new' };
