import type { CallResult, Seat } from '../../src/sim/demo/front-end.js';

const DONE: CallResult = { isSuccess: true, message: '' };

/** A front end whose calls all succeed, but for the ends that are refused as often as said. */
export class LessonFrontEnd {
  /** Ends that were asked for, refused ones as well. */
  readonly ends: string[] = [];
  refusals = 0;

  create(): Promise<CallResult> {
    return Promise.resolve(DONE);
  }

  join(): Promise<Seat> {
    return Promise.resolve({ origin: 'http://bbb1.example', sessionToken: 'x' });
  }

  end(room: string): Promise<CallResult> {
    this.ends.push(room);
    if (this.refusals === 0) return Promise.resolve(DONE);
    this.refusals--;
    return Promise.resolve({ isSuccess: false, message: 'The server does not answer.' });
  }

  recording(recordId: string): Promise<{ readonly name: string; readonly url: string }> {
    return Promise.resolve({ name: recordId, url: 'http://bbb1.example/playback' });
  }
}
