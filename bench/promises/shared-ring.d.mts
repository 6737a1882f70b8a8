export class Ring {
  constructor(capacity: number, memory?: SharedArrayBuffer);
  readonly memory: SharedArrayBuffer;
  send(value: number): void;
  recv(): number;
}
