import { runAsWorker } from "synckit";

runAsWorker(async (value) => value);
