/** The two clients that can be passed in, seen alike. Neither is imported: they are known by what they can do. */
import { ArgumentError, show } from "../../runtime/panic.ts";
import type { Bytes, NodeBuffer } from "./host.ts";

/** A client of ioredis 5 or later, as far as it is used. */
export interface IoredisClient {
  /** What it is doing: `"ready"`, `"wait"`, `"end"`, … */
  readonly status: string;
  /** Another with the same options. */
  duplicate(): IoredisClient;
  /** Connects, where it waits to be told so. */
  connect(): Promise<unknown>;
  /**
   * Sends any command; strings come back as bytes.
   *
   * @param command its name
   * @param args what follows it, as text or bytes
   */
  callBuffer(command: string, ...args: (string | never)[]): Promise<unknown>;
  /**
   * Listens on a channel.
   *
   * @param channel its name
   */
  subscribe(channel: string): Promise<unknown>;
  /**
   * Hears of its events.
   *
   * @param event its name
   * @param listener called with what the event has
   */
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  /**
   * Hears of them no more.
   *
   * @param event its name
   * @param listener the one that was given
   */
  off(event: string, listener: (...args: unknown[]) => void): unknown;
  /** Closes it. */
  disconnect(): void;
}

/** A client of node-redis 5 or later (the package `redis`), as far as it is used. */
export interface NodeRedisClient {
  /** It connects, or is connected. */
  readonly isOpen: boolean;
  /** It can send commands. */
  readonly isReady: boolean;
  /** Another with the same options. */
  duplicate(): NodeRedisClient;
  /** Connects. */
  connect(): Promise<unknown>;
  /**
   * Sends any command.
   *
   * @param args the command and what follows it
   * @param options none are given
   */
  sendCommand(args: readonly (string | never)[], options?: never): Promise<unknown>;
  /**
   * Listens on a channel.
   *
   * @param channel its name
   * @param listener called with each message
   * @param bufferMode messages come as bytes
   */
  subscribe(
    channel: string,
    listener: (message: unknown, channel: unknown) => void,
    bufferMode?: true,
  ): Promise<unknown>;
  /**
   * Hears of its events.
   *
   * @param event its name
   * @param listener called with what the event has
   */
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  /**
   * Hears of them no more.
   *
   * @param event its name
   * @param listener the one that was given
   */
  off(event: string, listener: (...args: unknown[]) => void): unknown;
  /** Closes it when all is answered. */
  close(): Promise<unknown>;
  /** Closes it now. */
  destroy(): void;
  /** The process need not stay for it. */
  unref(): unknown;
}

/** A client that can be passed in. */
export type RedisClient = IoredisClient | NodeRedisClient;

/** What a connection is told of its client. */
export interface Listener {
  ready(): void;
  lost(error: unknown): void;
}

/** A client as the adapter uses it. */
export interface Client {
  readonly isReady: boolean;
  connect(): void;
  call(args: readonly (string | Bytes)[]): Promise<unknown>;
  subscribe(channel: string, listener: (bytes: Bytes) => void): Promise<unknown>;
  listen(listener: Listener): void;
  duplicate(): Client;
  /** Nothing is heard of it any more; it is closed if it is the adapter's own. */
  release(close: boolean): void;
}

type Listen = (event: string, listener: (...args: unknown[]) => void) => unknown;

abstract class Common<C extends RedisClient> {
  protected readonly client: C;
  readonly #listening: (readonly [string, (...args: unknown[]) => void])[] = [];

  constructor(client: C) {
    this.client = client;
  }

  protected on(event: string, listener: (...args: unknown[]) => void): void {
    (this.client.on as Listen)(event, listener);
    this.#listening.push([event, listener]);
  }

  abstract close(): void;

  release(close: boolean): void {
    for (const [event, listener] of this.#listening.splice(0)) this.client.off(event, listener);
    if (!close) return;
    this.client.on("error", () => {}); // errors of a client that is being closed do not matter
    this.close();
  }
}

class Ioredis extends Common<IoredisClient> implements Client {
  #hears = false;

  get isReady(): boolean {
    return this.client.status === "ready";
  }

  connect(): void {
    const { status } = this.client;
    if (status === "wait" || status === "end") this.client.connect().catch(() => {}); // it is heard as an event
  }

  call([command = "", ...args]: readonly (string | Bytes)[]): Promise<unknown> {
    return this.client.callBuffer(String(command), ...(args as string[]));
  }

  subscribe(channel: string, listener: (bytes: Bytes) => void): Promise<unknown> {
    if (!this.#hears) {
      this.on("messageBuffer", ((of: Bytes, bytes: Bytes) => {
        if (of.toString() === channel) listener(bytes);
      }) as (...args: unknown[]) => void);
    }
    this.#hears = true;
    return this.client.subscribe(channel);
  }

  listen({ ready, lost }: Listener): void {
    let last: unknown = new Error("the connection was closed");
    this.on("ready", ready);
    this.on("error", (error: unknown) => {
      last = error;
      lost(error);
    });
    this.on("close", () => lost(last));
  }

  duplicate(): Client {
    return new Ioredis(this.client.duplicate());
  }

  override close(): void {
    this.client.disconnect();
  }
}

/** By RESP, a string with a length. */
const BLOB = 36;

class NodeRedis extends Common<NodeRedisClient> implements Client {
  readonly #options: never;
  readonly #buffer: NodeBuffer;

  constructor(client: NodeRedisClient, buffer: NodeBuffer) {
    super(client);
    this.#buffer = buffer;
    this.#options = { typeMapping: { [BLOB]: buffer } } as never;
  }

  get isReady(): boolean {
    return this.client.isReady;
  }

  connect(): void {
    if (!this.client.isOpen) this.client.connect().catch(() => {}); // it is heard as an event
  }

  call(args: readonly (string | Bytes)[]): Promise<unknown> {
    return this.client.sendCommand(args as string[], this.#options);
  }

  subscribe(channel: string, listener: (bytes: Bytes) => void): Promise<unknown> {
    return this.client.subscribe(channel, listener as (message: unknown) => void, true);
  }

  listen({ ready, lost }: Listener): void {
    this.on("ready", ready);
    this.on("error", (error: unknown) => {
      if (!this.isReady) lost(error);
    });
    this.on("end", () => lost(new Error("the client was closed")));
  }

  duplicate(): Client {
    return new NodeRedis(this.client.duplicate(), this.#buffer);
  }

  override close(): void {
    const { client } = this;
    client.unref();
    if (client.isReady) client.close().catch(() => {});
    else if (client.isOpen) client.destroy();
  }
}

const CLIENT = "expected a client of ioredis or node-redis, or a function that makes one";

/** @throws ArgumentError when it is not a client */
export function clientOf(given: unknown, buffer: NodeBuffer): Client {
  const client = given as Partial<Record<keyof IoredisClient | keyof NodeRedisClient, unknown>> | null;
  const is = typeof client === "object" && client !== null && typeof client.duplicate === "function";
  if (is && "isCluster" in client && client.isCluster === true) {
    throw new ArgumentError("redis: a client of a cluster was given; give one of a single server");
  }
  if (is && typeof client.callBuffer === "function") {
    const { keyPrefix } = ("options" in client ? client.options : {}) as { keyPrefix?: unknown };
    if (keyPrefix === undefined || keyPrefix === "") return new Ioredis(given as IoredisClient);
    throw new ArgumentError(
      `redis: the client has the keyPrefix ${show(keyPrefix)}; make it without, and give redis() a prefix`,
    );
  }
  if (is && typeof client.sendCommand === "function") return new NodeRedis(given as NodeRedisClient, buffer);
  throw new ArgumentError(`redis: ${CLIENT}, got ${show(given)}`);
}
