/**
 * What are Channels in Go? › Directional Channels
 *
 * A function that takes a `SendChan` can only send, one that takes a `RecvChan` can only receive. The compiler holds them
 * to it.
 */
import { chan, type Go, go, main, type RecvChan, type SendChan } from "millrace";

function* sendData(ch: SendChan<number>): Go {
  // send-only
  yield* ch.send(100);
  // @ts-expect-error nothing can be received from a send-only channel
  ch.recv;
}

function* receiveData(ch: RecvChan<number>): Go {
  // receive-only
  console.log(yield* ch.recv());
  // @ts-expect-error nothing can be sent on a receive-only channel
  ch.send;
}

main(function* () {
  const ch = chan<number>();
  go(sendData, ch);
  yield* receiveData(ch);
});
