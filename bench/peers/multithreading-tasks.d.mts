import type { Receiver, Sender } from "multithreading";
import type { Item } from "../program.ts";

export function fibonacci(k: number): number;
export function sum(receiver: Receiver<number | Item>, n: number): Promise<number>;
export function echo(receiver: Receiver<number>, sender: Sender<number>, n: number): Promise<void>;
