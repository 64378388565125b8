import { useEffect, useState } from 'react';

/** `value` as it was when it last stood still for `milliseconds`: what is typed is asked about once the typing pauses. */
export function useSettled<Value>(value: Value, milliseconds = 300): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}
