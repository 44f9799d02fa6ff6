/** Runs `fn` once after `ms`; the returned function cancels it. Injected so that tests need not wait. */
export type SetTimer = (fn: () => void, ms: number) => () => void;

/** The timer of the process. */
export const systemTimer: SetTimer = (fn, ms) => {
  const timer = setTimeout(fn, ms);
  return () => {
    clearTimeout(timer);
  };
};
