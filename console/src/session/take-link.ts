import { type ConsoleLink, linkIn } from './link.ts';

/** Takes the link out of the address, so that neither history nor a copied address has it. */
export function takeLink(): ConsoleLink | undefined {
  const link = linkIn(location.hash);
  if (link) history.replaceState(null, '', location.pathname + location.search);
  return link;
}
