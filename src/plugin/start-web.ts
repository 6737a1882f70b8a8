/** What starts a thread in a browser, for webpack and Rspack, which make an asset of what the URL says. */
interface WebWorker {
  postMessage(message: unknown, transfer: never[]): void;
  terminate(): void;
}

declare const Worker: new (url: URL) => WebWorker;

const file = new URL("./thread.js", import.meta.url);

export const worker = (): WebWorker => new Worker(file);
