import { useEffect, useLayoutEffect } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { regionIn, withRegion } from '../session/region.ts';
import { useRegion, useWorker } from '../session/session-context.tsx';

/** The region that the page is about: that of its address, where it is put if it is not there. */
export function useAddressedRegion(signedInTo: string): string {
  const worker = useWorker();
  const navigate = useNavigate();
  const { pathname, search } = useLocation();
  const current = useRegion() ?? signedInTo;
  const addressed = regionIn(search);
  // Before anything of the page is asked for.
  useLayoutEffect(() => worker.moveTo(addressed ?? current), [worker, addressed, current]);
  useEffect(() => {
    if (addressed === undefined) void navigate(pathname + withRegion(search, current), { replace: true });
  }, [navigate, pathname, search, addressed, current]);
  return addressed ?? current;
}
