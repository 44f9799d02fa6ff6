/** Starts a timer; returns what cancels it. */
export type SetTimer = (run: () => void, ms: number) => () => void;

/** The system's timer, which keeps no process alive. */
export const unrefTimer: SetTimer = (run, ms) => {
  const timer = setTimeout(run, ms);
  timer.unref();
  return () => {
    clearTimeout(timer);
  };
};
