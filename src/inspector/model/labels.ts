/** Texts by number, for where there are many of few. */
const MOST = 50_000;

export class Labels {
  readonly #texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  number(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      // A program that has that many different ones, such as selects on channels that come and go, has them shortened.
      if (this.#texts.length >= MOST && text.length > 12) return this.number(`${text.slice(0, 11)}…`);
      number = this.#texts.push(text) - 1;
      this.#numbers.set(text, number);
    }
    return number;
  }

  text(number: number): string {
    return this.#texts[number] ?? "";
  }
}
