// Says that it is being loaded, which takes for ever.
console.log("loading");
await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
