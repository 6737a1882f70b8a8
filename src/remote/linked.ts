/** What a queue and a channel over machines have in common: they are received from through their link, as a local channel is. */
import type { Link } from "./link.ts";

export abstract class Linked {
  abstract readonly link: Link;

  get p(): Link["p"] {
    return this.link.p;
  }

  get zero(): unknown {
    return this.link.zero;
  }

  get recvq(): Link {
    return this.link;
  }

  get touches(): null {
    return null;
  }

  get kind(): Link["kind"] {
    return this.link.kind;
  }

  get reasons(): Link["reasons"] {
    return this.link.reasons;
  }

  get id(): number {
    return 0;
  }

  get label(): string {
    return this.link.label;
  }

  get outside(): boolean {
    return this.link.outside;
  }

  take(): unknown {
    return this.link.take();
  }

  get name(): string {
    return this.link.name;
  }

  get length(): number {
    return this.link.length;
  }

  get capacity(): number {
    return this.link.spec.capacity;
  }
}
