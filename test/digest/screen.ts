/** A terminal to look at: what is written to it, and what it would show. */
import { Writable } from "node:stream";

export class Screen extends Writable {
  text = "";
  readonly isTTY: boolean;
  readonly columns = 80;

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  override _write(piece: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += piece.toString();
    done();
  }

  get stream(): NodeJS.WriteStream {
    return this as unknown as NodeJS.WriteStream;
  }

  /** Its rows. Knows what a bar uses: to go to a column, to erase to the right, the line, below. */
  get shown(): string[] {
    const rows = [""];
    let column = 0;
    const row = (): string => rows.at(-1) as string;
    const set = (text: string): void => {
      rows[rows.length - 1] = text;
    };
    const put = (text: string): void => {
      set(row().padEnd(column).slice(0, column) + text + row().slice(column + text.length));
      column += text.length;
    };
    const [first = "", ...commands] = this.text.split("\x1b[");
    put(first);
    for (const each of commands) {
      const [, n, command, text = ""] = /^(\d*)(.)(.*)$/s.exec(each) ?? [];
      if (command === "G") column = Number(n) - 1;
      else if (command === "K") set(n === "2" ? "" : row().slice(0, column));
      else if (command === "J") set(row().slice(0, column));
      else throw new Error(`the screen does not know ${n}${command}`);
      const [line = "", ...lines] = text.split("\n");
      put(line);
      for (const next of lines) {
        rows.push("");
        column = 0;
        put(next);
      }
    }
    return rows;
  }
}
