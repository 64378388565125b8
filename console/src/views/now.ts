import { useEffect, useState } from 'react';

/** The time, in milliseconds since 1970, told anew every `interval` milliseconds. */
export function useNow(interval = 1000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), interval);
    return () => clearInterval(timer);
  }, [interval]);
  return now;
}
