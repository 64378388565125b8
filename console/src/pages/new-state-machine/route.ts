import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/states/new', title: 'new-machine.title' };
