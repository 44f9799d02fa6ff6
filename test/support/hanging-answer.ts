/** An answer that never comes, until it is cut. */
export class HangingAnswer {
  readonly answer: Promise<number>;
  cut!: () => void;

  constructor() {
    this.answer = new Promise((_, reject) => {
      this.cut = () => {
        reject(new Error('cut'));
      };
    });
    this.answer.catch(() => undefined);
  }
}
